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
        /// Parts of the rows that no writer has yet, in their order.
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
        let full = content.withLock { content -> Int? in
            content.rows.append(batch)
            content.rowCount += batch.count
            content.hasRows = true
            return content.rowCount >= Self.partRows ? Self.cutPart(&content) : nil
        }
        guard let full else { return }
        workers.enqueue(bytes: full * Self.rowBytes, group: encodings) { [self] in encode() }
    }

    /// Puts the rows that have gathered behind the parts that wait; returns how many they are.
    private static func cutPart(_ content: inout Content) -> Int {
        defer {
            content.rows = []
            content.rowCount = 0
        }
        if content.rowCount > 0 { content.waiting.append(content.rows) }
        return content.rowCount
    }

    /// Encodes the part that waits longest, by a writer that is free or a new one; where all are at work, one
    /// of them gets to it.
    ///
    /// A writer takes parts in their order, so that a file holds rows in the order in which they came: a
    /// replay finds it there.
    private func encode() {
        let writerLimit = max(1, workers.threadCount / 2)
        let taken = content.withLock { content -> (writer: DataFileWriter, part: [Batch])? in
            guard !content.waiting.isEmpty else { return nil }
            if let idle = content.idle.popLast() { return (idle, content.waiting.removeFirst()) }
            if content.writers.count == writerLimit { return nil }
            let made = writer.fileWriter(epoch: number)
            content.writers.append(made)
            return (made, content.waiting.removeFirst())
        }
        guard let (taken, part) = taken else { return }
        var next: [Batch]? = part
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
        if content.withLock({ Self.cutPart(&$0) }) > 0 { encode() }
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
