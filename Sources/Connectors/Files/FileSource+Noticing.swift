import Diagnostics
import Runtime
import Storage

// What is there, what is new, what is gone.
extension FileSource {
    /// How long a file may be without a name before it is forgotten: somebody may move it back.
    private static let absenceNanoseconds: Int64 = 60_000_000_000

    /// Brings what is known up to date.
    func noticeChanges(isFinal: Bool) {
        drain()
        let now = clock()
        if needsListing || now >= nextListing {
            list()
        } else if !changes.isEmpty {
            apply(now)
        }
        settle(now, isFinal: isFinal)
        forget(now, isFinal: isFinal)
    }

    func drain() {
        guard let feed, isWatching else { return }
        if !feed.drain(into: &changes) { needsListing = true }
        changes.removeAll { change in
            guard let states = directories[change.directory] else { return true }
            guard change.isDirectory else { return !pattern.matchesFile(change.name, in: states) }
            if pattern.states(in: states, entering: change.name).isEmpty { return true }
            // A directory that is moved takes its watches with it, so all are watched anew.
            if change.kind != .present { needsListing = true }
            return false
        }
    }

    /// Goes through the changes that were told.
    private func apply(_ now: Int64) {
        let batch = changes
        changes = []
        var removed: [TrackedFile] = []
        // When the file under a name came to be, as far as these changes tell.
        var present: [String: Int] = [:]
        var renamed: [UInt32: Int] = [:]
        // A name that came and went may have been a link that kept a removed file alive.
        var hasPassingNames = false
        var found: [(path: String, status: FileStatus, index: Int)] = []
        for (index, change) in batch.enumerated() {
            let path = self.path(change.directory, change.name)
            if change.isDirectory {
                guard let states = directories[change.directory], directories[path] == nil else { continue }
                var inside: [(path: String, status: FileStatus)] = []
                walk(path, pattern.states(in: states, entering: change.name), &inside)
                found += inside.map { ($0.path, $0.status, index) }
            } else if change.kind == .present {
                if present[path] == nil { present[path] = renamed[change.renaming] ?? index }
            } else {
                if change.renaming != 0 { renamed[change.renaming] = present[path] ?? -1 }
                let isPassing = present.removeValue(forKey: path) != nil && change.kind == .removed
                hasPassingNames = hasPassingNames || isPassing
                guard let file = byPath[path] else { continue }
                detach(path, from: file)
                guard file.isAbsent else { continue }
                if change.kind == .removed { file.removedAt = index }
                removed.append(file)
            }
        }
        for (path, index) in present {
            if let status = try? fileSystem.status(path), !status.isDirectory {
                found.append((path, status, index))
            } else if let file = byPath[path] {
                detach(path, from: file)
                if file.isAbsent { removed.append(file) }
            }
        }
        found.sort { isEarlier(($0.path, $0.status), ($1.path, $1.status)) }
        // A removed file lives on under a name that was there before; behind its removal its inode is another
        // file's.
        var earliest: [FileKey: Int] = [:]
        for (_, status, index) in found {
            earliest[FileKey(status)] = min(index, earliest[FileKey(status)] ?? index)
        }
        for (path, status, _) in found {
            let key = FileKey(status)
            if !hasPassingNames, let file = byKey[key], let removedAt = file.removedAt,
                let since = earliest[key], since > removedAt
            {
                retire(file, FileProblem.vanished(file.path))
            }
            examine(path, status, now)
        }
        for file in removed where file.isAbsent && !file.isRetired {
            if file.removedAt != nil {
                retire(file, FileProblem.vanished(file.path))
            } else {
                leave(file, now)
            }
        }
        for file in removed { file.removedAt = nil }
    }

    /// Takes note of a file that is there under `path`.
    func examine(_ path: String, _ status: FileStatus, _ now: Int64) {
        let named = byPath[path]
        guard let file = byKey[FileKey(status)] else {
            if let named { renounce(path, of: named, now) }
            track(TrackedFile(path, status, now: now))
            return
        }
        let isNewName = named !== file && !file.path.isEmpty
        let modified = UInt32(truncatingIfNeeded: status.modificationNanoseconds)
        let isChanged = status.size != file.size || modified != file.modified
        // A file that merely grows is looked at when its bytes are taken, the others here.
        let isGrowing = isChanged && !isNewName && !file.isAbsent && status.size > file.size
        if isNewName || isChanged, !isGrowing, !isSameFile(file, path, status) {
            retire(file, FileProblem.replaced(file.path))
            if let named, named !== file { renounce(path, of: named, now) }
            track(TrackedFile(path, status, now: now))
            return
        }
        if named !== file {
            if let named { renounce(path, of: named, now) }
            attach(path, to: file)
        }
        if file.note(status, now: now), file.isSetAside {
            // Perhaps it was mended in place.
            file.isSetAside = false
            file.consumed = 0
        }
        if file.compression == .none, file.size < file.consumed { shrink(file) }
        account(file)
        if file.hasMore, !file.isSetAside { enqueue(file) } else if file.id != nil { finish(file) }
        if let id = file.id, isChanged { positionLog.note(id) }
    }

    /// Whether the head of what is at `path` is that of the file that is known by its inode.
    private func isSameFile(_ file: TrackedFile, _ path: String, _ status: FileStatus) -> Bool {
        guard let fingerprint = file.fingerprint else { return true }
        if status.size < fingerprint.length { return false }
        guard let opened = try? fileSystem.open(path), let head = try? HeadFingerprint.head(of: opened) else {
            // Cannot be told now: what takes the file will see.
            return true
        }
        return fingerprint.matches(head)
    }

    private func track(_ file: TrackedFile) {
        byPath[file.path] = file
        byKey[file.key] = file
        account(file)
        if file.hasMore { enqueue(file) }
    }

    func enqueue(_ file: TrackedFile) {
        file.settleDeadline = nil
        if !file.isQueued, !file.isAbsent { queue.append(file) }
    }

    private func attach(_ path: String, to file: TrackedFile) {
        byPath[path] = file
        if file.isAbsent {
            file.isAbsent = false
            file.path = path
            if file.taken == 0 { file.compression = Compression(path: path) }
        } else {
            file.otherPaths.append(path)
        }
    }

    func detach(_ path: String, from file: TrackedFile) {
        byPath[path] = nil
        file.otherPaths.removeAll { $0 == path }
        guard file.path == path else { return }
        if let other = file.otherPaths.popLast() {
            file.path = other
        } else {
            file.isAbsent = true
        }
    }

    /// Another file has taken the name.
    private func renounce(_ path: String, of file: TrackedFile, _ now: Int64) {
        detach(path, from: file)
        if file.isAbsent { leave(file, now) }
    }

    /// Forgets a file for good; bytes of it that were not taken are a problem.
    func retire(_ file: TrackedFile, _ reason: Diagnostic) {
        guard !file.isRetired else { return }
        if file.hasMore, !file.isSetAside { complain(file, .lost, reason) }
        file.isRetired = true
        file.isAbsent = true
        file.reader = nil
        for path in [file.path] + file.otherPaths where byPath[path] === file { byPath[path] = nil }
        if byKey[file.key] === file { byKey[file.key] = nil }
        if let id = file.id {
            byID[id] = nil
            positionLog.note(id)
        }
        bytesNotTaken -= file.accountedLag
        file.accountedLag = 0
    }

    /// Takes up files whose unterminated last record has waited long enough.
    private func settle(_ now: Int64, isFinal: Bool) {
        var due: [TrackedFile] = []
        while let (file, deadline) = settling.popDue(isFinal ? Int64.max : now) {
            if file.settleDeadline == deadline, !file.isRetired { due.append(file) }
        }
        while let (file, _) = failing.popDue(isFinal ? Int64.max : now) {
            if file.failingSince != nil, !file.isRetired { due.append(file) }
        }
        if isFinal {
            // Those of which something was taken come in that order, the others as they were discovered.
            let begun = due.filter { $0.id != nil }.sorted { ($0.id ?? 0) < ($1.id ?? 0) }
            due = begun + due.filter { $0.id == nil }
        }
        for file in due { enqueue(file) }
    }

    /// Notes that a file has no name any more.
    func leave(_ file: TrackedFile, _ now: Int64) {
        if file.hasMore, !file.isSetAside {
            missing.append(file, at: now + settleNanoseconds)
        } else {
            departed.append(file, at: now + Self.absenceNanoseconds)
        }
    }

    /// Gives up files that were moved away and did not come back.
    private func forget(_ now: Int64, isFinal: Bool) {
        while let (file, _) = missing.popDue(isFinal ? Int64.max : now) {
            if file.isAbsent { retire(file, FileProblem.vanished(file.path)) }
        }
        while let (file, _) = departed.popDue(now) {
            if file.isAbsent { retire(file, FileProblem.vanished(file.path)) }
        }
    }

    /// Keeps the sum of what is not taken.
    func account(_ file: TrackedFile) {
        let rest = file.isRetired || file.isSetAside ? 0 : max(file.size - file.consumed, 0)
        bytesNotTaken += rest - file.accountedLag
        file.accountedLag = rest
    }
}
