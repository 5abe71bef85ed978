import Columnar
import DeltaLake
import Diagnostics
import Runtime
import Synchronization

/// The rows of one epoch on their way into a Delta table.
final class DeltaStreamEpoch: SinkEpoch {
    private struct Content {
        var rows: [Batch] = []
        var rowCount = 0
        var hasRows = false
        /// Rows for which no writer is free.
        var waiting: [[Batch]] = []
        var writers: [DataFileWriter] = []
        var idle: [DataFileWriter] = []
        var files: [PendingFile] = []
        /// The rows can't be stored at all.
        var failure: DeltaError?
        var lastEpochWithRows: Int64?
        var isCommitted = false
    }

    /// Rows that are encoded together.
    private static let partRows = 1 << 16
    /// Bytes that a waiting row is taken for; only bounds the memory of what waits.
    private static let rowBytes = 400

    private let number: Int64
    private let writer: AppendWriter
    private let workers: WorkerPool
    /// The table has the epoch already.
    private let isSkipped: Bool
    private let encodings = WorkerPool.JobGroup()
    private let content = Mutex(Content())

    init(_ number: Int64, _ writer: AppendWriter, _ workers: WorkerPool, isSkipped: Bool) {
        self.number = number
        self.writer = writer
        self.workers = workers
        self.isSkipped = isSkipped
    }

    var lastEpochWithRows: Int64? { content.withLock { $0.lastEpochWithRows } }

    func write(_ batch: Batch) {
        guard !isSkipped else { return }
        let full = content.withLock { content -> [Batch]? in
            content.rows.append(batch)
            content.rowCount += batch.count
            content.hasRows = true
            return content.rowCount >= Self.partRows ? Self.takeRows(&content) : nil
        }
        guard let full else { return }
        let count = full.reduce(0) { $0 + $1.count }
        workers.enqueue(bytes: count * Self.rowBytes, group: encodings) { [self] in encode(full) }
    }

    private static func takeRows(_ content: inout Content) -> [Batch] {
        defer {
            content.rows = []
            content.rowCount = 0
        }
        return content.rows
    }

    /// Encodes rows, by a writer that is free or a new one; where all are at work, one of them gets to it.
    private func encode(_ batches: [Batch]) {
        let writerLimit = max(1, workers.threadCount / 2)
        let taken = content.withLock { content -> DataFileWriter? in
            if let idle = content.idle.popLast() { return idle }
            if content.writers.count == writerLimit {
                content.waiting.append(batches)
                return nil
            }
            let made = writer.fileWriter(epoch: number)
            content.writers.append(made)
            return made
        }
        guard let taken else { return }
        var next: [Batch]? = batches
        while let batches = next {
            do throws(DeltaError) {
                for batch in batches { try taken.add(batch) }
            } catch {
                content.withLock { $0.failure = error }
            }
            next = content.withLock { content in
                if !content.waiting.isEmpty { return content.waiting.removeFirst() }
                content.idle.append(taken)
                return nil
            }
        }
    }

    /// No more rows come. Returns the last epoch with rows, this one or `lastEpochWithRows`.
    func end(lastEpochWithRows: Int64?) -> Int64? {
        content.withLock { content in
            content.lastEpochWithRows = content.hasRows ? number : lastEpochWithRows
            return content.lastEpochWithRows
        }
    }

    func prepare() throws(SinkError) {
        let rest = content.withLock { Self.takeRows(&$0) }
        if !rest.isEmpty { encode(rest) }
        workers.drain(encodings)
        let (writers, failure) = content.withLock { ($0.writers, $0.failure) }
        if let failure { throw DeltaTarget.sinkError(failure) }
        for writer in writers {
            let files = try DeltaTarget.attempting { () throws(DeltaError) in try writer.finish() }
            content.withLock { $0.files += files }
        }
    }

    func commit(_ commit: SinkCommit) throws(SinkError) {
        let (files, isCommitted) = content.withLock { ($0.files, $0.isCommitted) }
        guard !isSkipped, !isCommitted else { return }
        _ = try DeltaTarget.attempting { () throws(DeltaError) in
            try writer.commit(epoch: number, files: files, notes: commit.notes)
        }
        content.withLock { $0.isCommitted = true }
    }
}
