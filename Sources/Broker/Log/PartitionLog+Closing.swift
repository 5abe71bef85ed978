import Storage

/// Many logs that are closed together, as at the end of a process: each apart would wait for the disk five
/// times.
extension PartitionLog {
    /// Files that are written beside the ones that count.
    private struct WrittenCheckpoint {
        let log: PartitionLog
        let offset: Int64
        let checkpoint: String
        let index: String

        static func beside(_ path: String) -> String { path + ".tmp" }
    }

    private static let closedAtOnce = 1000

    /// Writes the checkpoints of logs that nobody uses any more, and closes them. What cannot be written is
    /// found again by reading.
    static func close(_ logs: [PartitionLog]) {
        var rest = logs[...]
        while let pool = rest.first?.pool {
            let some = rest.prefix(closedAtOnce)
            rest = rest.dropFirst(some.count)
            if pool.sharedFlush.isQuicker(than: 5 * some.count) { writeCheckpoints(some, pool) }
            for log in some {
                do throws(LogError) { try log.close() } catch { log.abandon() }
            }
        }
    }

    /// What does not come to its end here, `close` of the log does.
    private static func writeCheckpoints(_ logs: ArraySlice<PartitionLog>, _ pool: OpenFiles) {
        let written = logs.compactMap { log in
            do throws(LogError) { return try log.writeBeside() } catch { return nil }
        }
        // The logs and what was written beside them; then the checkpoints: they are never behind an index.
        guard pool.sharedFlush.synchronise() else { return }
        let counting = written.filter {
            // An error of its file that was met before.
            $0.log.active.file.settle(nil) == nil && $0.log.isRenamed($0.checkpoint)
        }
        guard pool.sharedFlush.synchronise() else { return }
        let done = counting.filter { $0.log.isRenamed($0.index) }
        guard pool.sharedFlush.synchronise() else { return }
        for entry in done {
            entry.log.writing.withLock { _ in entry.log.checkpointedOffset = entry.offset }
        }
    }

    /// nil where nothing has to be written.
    private func writeBeside() throws(LogError) -> WrittenCheckpoint? {
        try whileWriting { () throws(LogError) in
            guard stopReason == nil, checkpointedOffset != live.offset else { return nil }
            let active = active
            let written = WrittenCheckpoint(
                log: self, offset: live.offset, checkpoint: Path.join(directory, SegmentNames.checkpoint),
                index: SegmentNames.index(ofLog: active.file.path))
            try LogError.onDisk { () throws(StorageError) in
                let index = try active.loadedIndex(files, intervalBytes: settings.indexIntervalBytes)
                try write(live.encoded(), to: WrittenCheckpoint.beside(written.checkpoint))
                try write(index.encoded(), to: WrittenCheckpoint.beside(written.index))
            }
            return written
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(StorageError) {
        let file = try files.create(path)
        defer { file.close() }
        var failure: StorageError?
        bytes.withUnsafeBytes { bytes in
            do throws(StorageError) { try file.write(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func isRenamed(_ path: String) -> Bool {
        (try? files.rename(WrittenCheckpoint.beside(path), to: path)) != nil
    }
}
