import Storage

/// When what was appended is durable.
extension PartitionLog {
    func stop(_ reason: String) { withState { stopReason = reason } }

    /// Returns when all before `offset` is durable.
    func synchronise(upTo offset: Int64) throws(LogError) {
        // Without the lock of writing, which others may hold for a while.
        if withState({ durableEnd >= offset }) { return }
        try whileWriting { () throws(LogError) in
            if durableEnd < offset { try synchroniseActive() }
        }
    }

    func isDurable(upTo offset: Int64) -> Bool { withState { durableEnd >= offset } }

    /// Makes all durable that was appended.
    func synchronise() throws(LogError) { try synchronise(upTo: withState { live.offset }) }

    /// What is about to be made durable while appends go on: the file, and up to which offset.
    struct Flush {
        let file: LogFile
        let end: Int64
        let isNeeded: Bool
    }

    func beginFlush() throws(LogError) -> Flush {
        try whileWriting { () throws(LogError) in
            if let stopReason { throw .stopped(reason: stopReason) }
            let isNeeded = durableEnd < live.offset
            // What comes meanwhile is counted anew; should this one fail, the log takes nothing more.
            if isNeeded { forgetDirty() }
            return Flush(file: active.file, end: live.offset, isNeeded: isNeeded)
        }
    }

    /// - Parameter failure: why the file is not durable as it was when the flush began.
    func finish(_ flush: Flush, _ failure: StorageError?) throws(LogError) {
        try whileWriting { () throws(LogError) in
            // What was before it in the log was made durable when its segment was sealed.
            if let failure {
                let reason = "\(flush.file.path) could not be made durable: \(failure.reason)"
                stop(reason)
                throw .stopped(reason: reason)
            }
            // Another call has met an error meanwhile: what this one was told is worth nothing.
            if let stopReason { throw .stopped(reason: stopReason) }
            withState { durableEnd = max(durableEnd, flush.end) }
        }
    }

    /// Makes all durable that was appended; appends do not wait for the disk meanwhile.
    func synchroniseBesideAppends() throws(LogError) {
        let flush = try beginFlush()
        if flush.isNeeded { try carryOut(flush) }
    }

    func carryOut(_ flush: Flush) throws(LogError) {
        var failure: StorageError?
        do throws(StorageError) { try flush.file.synchroniseBesideAppends() } catch { failure = error }
        try finish(flush, failure)
    }

    /// Makes many logs durable with one call for their disk; what that does not answer for, each file does.
    ///
    /// - Parameter done: for each: up to which offset, or why not.
    static func synchronise(
        together logs: [PartitionLog], _ done: (PartitionLog, Int64, LogError?) -> Void
    ) {
        guard let pool = logs.first?.pool else { return }
        var flushes: [(log: PartitionLog, flush: Flush, writes: Int?)] = []
        for log in logs {
            do throws(LogError) {
                let flush = try log.beginFlush()
                flushes.append((log, flush, flush.file.dirtyWrites))
            } catch {
                done(log, .max, error)
            }
        }
        let isDone = pool.sharedFlush.synchronise()
        for (log, flush, writes) in flushes {
            do throws(LogError) {
                if isDone {
                    try log.finish(flush, flush.file.settle(writes))
                } else if flush.isNeeded {
                    try log.carryOut(flush)
                }
                done(log, flush.end, nil)
            } catch {
                done(log, .max, error)
            }
        }
    }

    /// Whether the flush settings ask for one, as of now.
    func isFlushDue(now: Int64) -> Bool {
        withState {
            guard case .after(let bytes, let milliseconds) = settings.flush, durableEnd < live.offset else {
                return false
            }
            return dirtyBytes >= bytes || now - (dirtySince ?? now) >= milliseconds
        }
    }

    /// What the flush settings ask for as time goes by; to be called about every interval.
    func synchroniseIfDue(now: Int64) throws(LogError) {
        guard case .after(let bytes, let milliseconds) = currentSettings.flush else { return }
        try synchroniseIfDue(bytes: bytes, milliseconds: milliseconds, now: now)
    }

    func synchroniseIfDue(bytes: Int, milliseconds: Int64, now: Int64) throws(LogError) {
        try whileWriting { () throws(LogError) in
            guard dirtyBytes > 0 else { return }
            if dirtyBytes >= bytes || now - (dirtySince ?? now) >= milliseconds { try synchroniseActive() }
        }
    }

    private func forgetDirty() {
        withState {
            dirtyBytes = 0
            dirtySince = nil
        }
    }

    /// Under the lock of writing.
    func synchroniseActive() throws(LogError) {
        if let stopReason { throw .stopped(reason: stopReason) }
        do throws(StorageError) {
            try active.file.synchronise()
        } catch {
            // The system may have dropped the bytes: a second call that succeeds would mean nothing.
            let reason = "\(active.file.path) could not be made durable: \(error.reason)"
            stop(reason)
            throw .stopped(reason: reason)
        }
        forgetDirty()
        withState { durableEnd = live.offset }
    }
}
