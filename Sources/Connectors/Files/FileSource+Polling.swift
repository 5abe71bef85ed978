import Diagnostics
import Runtime
import Storage

// What is handed out.
extension FileSource {
    /// How far taking from a file came.
    enum Taken {
        /// All there is for now.
        case all
        /// The limit was reached.
        case part
        /// The file turned out to be another one: take again.
        case again
    }

    public func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange] {
        wasFinal = isFinal
        noticeChanges(isFinal: isFinal)
        var ranges: [InputRange] = []
        var rest = max(maximumBytes, 1)
        while failure == nil, let file = queue.first, rest > 0, ranges.count < settings.rangeLimit {
            if file.isRetired || file.isAbsent {
                queue.removeFirst()
                continue
            }
            let count = ranges.count
            let taken = take(from: file, limit: rest, mayExceed: ranges.isEmpty, isFinal: isFinal, &ranges)
            for range in ranges[count...] { rest -= range.byteCount }
            account(file)
            switch taken {
            case .again: continue
            case .all:
                queue.removeFirst()
                if !file.hasMore { finish(file) }
                continue
            case .part:
                // A file that grows as fast as it is read must not keep the others waiting.
                if queue.count > 1, file.compression == .none, file.taken >= file.queuedSize {
                    queue.removeFirst()
                    enqueue(file)
                }
            }
            if ranges.count == count { break }
        }
        // Problems come behind what could be read of their file.
        ranges += problems
        problems = []
        if ranges.isEmpty, let failure { throw failure }
        finishDue()
        return ranges
    }

    /// Takes what is there of a file, at most `limit` bytes.
    private func take(
        from file: TrackedFile, limit: Int, mayExceed: Bool, isFinal: Bool, _ ranges: inout [InputRange]
    ) -> Taken {
        let now = clock()
        do throws(StorageError) {
            let opened = try fileSystem.open(file.path)
            let status = try opened.status()
            guard FileKey(status) == file.key else {
                // The name was given to another file: its own event or the next listing tells more.
                return miss(file, now)
            }
            let head = try HeadFingerprint.head(of: opened)
            if let fingerprint = file.fingerprint, !fingerprint.matches(head) {
                restart(file)
                return .again
            }
            _ = file.note(status, now: now)
            file.failingSince = nil
            file.verifiedSize = file.size
            if file.compression == .none, file.size < file.consumed { shrink(file) }
            // A file that has grown is known better.
            if file.fingerprint?.length != head.count { file.fingerprint = HeadFingerprint(of: head[...]) }
            let isSettled = isFinal || now - file.lastChange >= settleNanoseconds
            guard file.hasMore else { return .all }
            if file.compression == .none, case .lines = settings.framing {
                return try takeLines(
                    from: file, opened, head, limit: limit, mayExceed: mayExceed, isSettled: isSettled,
                    &ranges)
            }
            let room = settings.retainedBytes - retainedBytes
            if room <= 0, !mayExceed { return .part }
            return try takeRecords(
                from: file, opened, limit: min(limit, max(room, 1)), mayExceed: mayExceed,
                isSettled: isSettled, &ranges)
        } catch {
            if case .missing = error { return miss(file, now) }
            tryAgain(file, error, now, isFinal: isFinal)
            return .all
        }
    }

    /// The file cannot be read just now: it is tried every second, and complained of once when that lasts.
    private func tryAgain(_ file: TrackedFile, _ error: StorageError, _ now: Int64, isFinal: Bool) {
        file.reader = nil
        let since = file.failingSince ?? now
        if file.failingSince == nil { file.isComplainedOf = false }
        file.failingSince = since
        if !file.isComplainedOf, isFinal || now - since >= settleNanoseconds {
            complain(file, .damaged, FileProblem.unreadable(file.path, error.reason))
            file.isComplainedOf = true
        }
        failing.append(file, at: now + retryNanoseconds)
    }

    /// The file is not at its path.
    private func miss(_ file: TrackedFile, _ now: Int64) -> Taken {
        if byPath[file.path] === file { byPath[file.path] = nil }
        if let other = file.otherPaths.popLast() {
            file.path = other
            return .again
        }
        file.isAbsent = true
        leave(file, now)
        // Where changes are told, the event that tells where it went is there by now.
        if !isWatching { needsListing = true }
        return .all
    }

    /// The file was written anew in its place: what is there now is another file.
    private func restart(_ file: TrackedFile) {
        if file.verifiedSize > file.consumed, !file.isSetAside {
            complain(file, .lost, FileProblem.replaced(file.path))
        }
        if let id = file.id {
            byID[id] = nil
            positionLog.note(id)
        }
        file.startOver()
    }

    private func takeLines(
        from file: TrackedFile, _ opened: any ReadableFile, _ head: [UInt8], limit: Int, mayExceed: Bool,
        isSettled: Bool, _ ranges: inout [InputRange]
    ) throws(StorageError) -> Taken {
        if file.taken == 0, head.starts(with: [0xEF, 0xBB, 0xBF]) { advance(file, to: 3) }
        let size = file.size
        let start = file.taken
        let bound = limit < size - start ? start + limit : size
        var end = try lineEnds.last(in: opened, from: max(start, file.searched), to: bound)
        var searched = bound
        if end == nil, bound < size {
            file.searched = max(file.searched, bound)
            guard mayExceed else { return .part }
            end = try lineEnds.first(in: opened, from: max(bound, file.searched), to: size)
            searched = end ?? size
        }
        var isUnterminated = false
        if searched == size, (end ?? start) < size {
            if isSettled {
                end = size
                isUnterminated = true
            } else {
                waitToSettle(file)
            }
        }
        file.searched = max(file.searched, searched)
        guard let end else { return .all }
        var range = range(of: file, from: start, to: end, consumed: end)
        range.isFinished = end == size
        range.isUnterminated = isUnterminated
        advance(file, to: end)
        let handedOut = range.inputRange
        if retainedFiles < 256 {
            retainedFiles += 1
            prepared[handedOut] = .opened(
                SharedFile(
                    file.path, key: file.key, fingerprint: range.fingerprint, in: fileSystem, opened: opened))
        }
        ranges.append(handedOut)
        return searched == size ? .all : .part
    }

    private func takeRecords(
        from file: TrackedFile, _ opened: any ReadableFile, limit: Int, mayExceed: Bool, isSettled: Bool,
        _ ranges: inout [InputRange]
    ) throws(StorageError) -> Taken {
        let reader: SequentialReader
        switch try self.reader(of: file, opened, isSettled: isSettled) {
        case .ready(let ready): reader = ready
        case .headerIsMissing:
            waitToSettle(file)
            return .all
        case .damaged(let reason, let tail):
            if isSettled { setAside(file, reason, tail: tail) } else { waitToSettle(file) }
            return .all
        }
        let cut = try reader.cut(limit: limit, mayExceed: mayExceed, isSettled: isSettled)
        var isAtEnd = false
        switch cut.stop {
        case .limit: break
        case .end(let tail): isAtEnd = tail == 0 && reader.stream.consumed >= file.size
        case .damaged: break
        }
        let consumed = file.compression == .none ? cut.end : isAtEnd ? file.size : 0
        if cut.end > cut.start {
            var range = range(of: file, from: cut.start, to: cut.end, consumed: consumed)
            range.isFinished = isAtEnd
            range.isUnterminated = cut.isUnterminated
            let handedOut = range.inputRange
            prepared[handedOut] = .pieces(cut.pieces, header: file.header, byteCount: cut.end - cut.start)
            retainedBytes += cut.end - cut.start
            ranges.append(handedOut)
        }
        file.taken = cut.end
        file.consumed = consumed
        if let id = file.id { positionLog.note(id) }
        switch cut.stop {
        case .limit: return .part
        case .end:
            if file.hasMore { waitToSettle(file) } else { drop(file) }
            return .all
        case .damaged(let reason, let tail):
            if isSettled {
                let problem = FileProblem.damaged(file.path, at: file.taken, reason)
                setAside(file, problem, tail: tail > 0 ? reader.tail() : [])
            } else {
                waitToSettle(file)
            }
            if reason != nil { file.reader = nil }
            return .all
        }
    }

    func advance(_ file: TrackedFile, to end: Int) {
        file.taken = end
        file.consumed = end
        file.searched = max(file.searched, end)
        if let id = file.id { positionLog.note(id) }
    }

    /// Looks at the file again when it has not changed for long enough.
    private func waitToSettle(_ file: TrackedFile) {
        let deadline = file.lastChange + settleNanoseconds
        if file.settleDeadline == deadline { return }
        file.settleDeadline = deadline
        settling.append(file, at: deadline)
    }

    /// A range of the file, which gets its number with the first one.
    func range(of file: TrackedFile, from start: Int, to end: Int, consumed: Int) -> FileRange {
        let id = file.id ?? nextID
        if file.id == nil {
            nextID += 1
            file.id = id
            byID[id] = file
        }
        positionLog.note(id)
        handOut(file)
        return FileRange(
            fileID: id, path: file.path, key: file.key,
            fingerprint: file.fingerprint ?? HeadFingerprint(length: 0, hash: HeadFingerprint(of: []).hash),
            compression: file.compression, start: start, end: end, consumed: consumed)
    }
}
