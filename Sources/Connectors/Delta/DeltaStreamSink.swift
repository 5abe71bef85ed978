import Columnar
import DeltaLake
import Diagnostics
import Runtime
import Storage
import Synchronization

/// Appends the rows of a stream to a Delta table.
///
/// Rows gather until they fill a file; files are encoded and stored in the background while the epoch goes
/// on, invisible until the commit names them.
final class DeltaStreamSink: Sink {
    /// What an epoch has so far.
    private struct Open {
        var epoch: Int64 = 0
        /// The table has the epoch already: a crash came between its commit and the end of the epoch.
        var isSkipped = false
        var rows: [Batch] = []
        var rowCount = 0
        var files: [PendingFile] = []
        var hasRows = false
        /// Rows whose file could not be stored; they are tried again in `prepare`.
        var unstored: [[Batch]] = []
        var failure: DeltaError?
    }

    let name: String
    private let target: DeltaTarget
    private let columns: DeltaSinkSchema
    private let fileRows: Int
    private let writer = Mutex<AppendWriter?>(nil)
    private let workers = Mutex<WorkerPool?>(nil)
    private let open = Mutex(Open())

    init(name: String, target: DeltaTarget, columns: DeltaSinkSchema, fileRows: Int) {
        self.name = name
        self.target = target
        self.columns = columns
        self.fileRows = fileRows
    }

    var lastEpochWithRows: Int64? {
        let (epoch, hasRows) = open.withLock { ($0.epoch, $0.hasRows) }
        return hasRows ? epoch : writer.withLock { $0?.lastCommitted }
    }

    func open(_ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64) throws(SinkError) {
        let identity = DeltaTarget.identity(context.applicationID)
        let target = target
        let schema = columns.schema
        let made = try DeltaTarget.attempting { () throws(DeltaError) in
            let writer = try AppendWriter(
                try target.table(schema), schema: schema, identity: identity, options: target.options)
            try writer.verify(expectedEpoch: expectedEpoch, openEpoch: openEpoch)
            return writer
        }
        writer.withLock { $0 = made }
        workers.withLock { $0 = context.workers }
    }

    func begin(epoch: Int64, clock: Int64) throws(SinkError) {
        let committed = writer.withLock { $0?.lastCommitted } ?? 0
        open.withLock { $0 = Open(epoch: epoch, isSkipped: committed >= epoch) }
    }

    func write(_ rows: StreamRows) {
        let batch = columns.batch(rows)
        let full = open.withLock { open -> [Batch]? in
            guard !open.isSkipped else { return nil }
            open.rows.append(batch)
            open.rowCount += batch.count
            open.hasRows = true
            return open.rowCount >= fileRows ? Self.takeRows(&open) : nil
        }
        if let full { store(full) }
    }

    private static func takeRows(_ open: inout Open) -> [Batch] {
        defer {
            open.rows = []
            open.rowCount = 0
        }
        return open.rows
    }

    /// Bytes that a waiting row is taken for; only bounds the memory of what waits.
    private static let rowBytes = 400

    /// Encodes and stores a file in the background.
    private func store(_ batches: [Batch]) {
        let count = batches.reduce(0) { $0 + $1.count }
        workers.withLock { $0 }?.enqueue(bytes: count * Self.rowBytes) { [self] in encode(batches) }
    }

    private func encode(_ batches: [Batch]) {
        guard let writer = writer.withLock({ $0 }) else { return }
        let epoch = open.withLock { $0.epoch }
        do throws(DeltaError) {
            let files = try writer.encode(batches, epoch: epoch)
            open.withLock { $0.files += files }
        } catch {
            open.withLock {
                $0.failure = error
                $0.unstored.append(batches)
            }
        }
    }

    func write(_ changes: ChangeBatch) { preconditionFailure("a stream has no changes") }

    func prepare() throws(SinkError) {
        let rest = open.withLock { Self.takeRows(&$0) }
        if !rest.isEmpty { encode(rest) }
        workers.withLock { $0 }?.drainBackground()
        let again = open.withLock { open -> [[Batch]] in
            defer { open.unstored = [] }
            return open.unstored
        }
        guard !again.isEmpty else { return }
        open.withLock { $0.failure = nil }
        for batches in again { encode(batches) }
        if let failure = open.withLock({ $0.failure }) { throw DeltaTarget.sinkError(failure) }
    }

    func commit(_ commit: SinkCommit) throws(SinkError) {
        let (epoch, files, isSkipped) = open.withLock { ($0.epoch, $0.files, $0.isSkipped) }
        guard !isSkipped, let writer = writer.withLock({ $0 }) else { return }
        _ = try DeltaTarget.attempting { () throws(DeltaError) in
            try writer.commit(epoch: epoch, files: files, notes: commit.notes)
        }
        open.withLock { $0 = Open(epoch: epoch, isSkipped: true) }
    }

    func abandon() { open.withLock { $0 = Open() } }

    func maintain() throws(SinkError) {
        guard target.compacts, let writer = writer.withLock({ $0 }) else { return }
        try target.compact(writer.table)
    }
}
