import Columnar
import DeltaLake
import Diagnostics
import Runtime
import Storage
import Synchronization

/// Keeps a Delta table equal to a table of the pipeline: one row for each key, upserted by epoch.
final class DeltaTableSink: Sink {
    private struct Opened {
        var writer: UpsertWriter?
        var housekeeping: Housekeeping?
        /// The last epoch with changes of ours that the table has or will have.
        var lastEpochWithRows: Int64?
        /// The table has epochs up to this one: a crash came between a commit and the end of its epoch.
        var committed: Int64 = 0
        var number: Int64 = 0
        var changes: [ChangeBatch] = []
    }

    let name: String
    private let target: DeltaTarget
    private let columns: DeltaSinkSchema
    private let isWindowed: Bool
    private let opened = Mutex(Opened())

    init(name: String, target: DeltaTarget, columns: DeltaSinkSchema, isWindowed: Bool) {
        self.name = name
        self.target = target
        self.columns = columns
        self.isWindowed = isWindowed
    }

    func open(_ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64) throws(SinkError) {
        let identity = DeltaTarget.identity(context.applicationID)
        let (target, columns, isWindowed) = (target, columns, isWindowed)
        let writer = try DeltaTarget.attempting { () throws(DeltaError) in
            let writer = try UpsertWriter(
                try target.table(columns.schema), schema: columns.schema, key: columns.keyNames,
                window: isWindowed ? DeltaSinkSchema.windowEnd : nil, identity: identity,
                options: UpsertOptions(write: target.options, fileRows: min(target.options.fileRows, 1 << 16))
            )
            try writer.verify(expectedEpoch: expectedEpoch, openEpoch: openEpoch)
            return writer
        }
        let last = writer.lastCommitted
        opened.withLock {
            $0.writer = writer
            $0.housekeeping = identity.isMaintainer ? Housekeeping(writer.table) : nil
            $0.lastEpochWithRows = last
            $0.committed = last ?? 0
        }
    }

    func begin(epoch: Int64, clock: Int64) throws(SinkError) {
        opened.withLock {
            $0.number = epoch
            $0.changes = []
        }
    }

    func write(_ rows: StreamRows) { preconditionFailure("a table has changes, not rows") }

    func write(_ changes: ChangeBatch) {
        opened.withLock { if $0.committed < $0.number { $0.changes.append(changes) } }
    }

    func end() -> any SinkEpoch {
        opened.withLock { opened in
            if !opened.changes.isEmpty { opened.lastEpochWithRows = opened.number }
            defer { opened.changes = [] }
            return DeltaTableEpoch(
                opened.number, opened.changes, columns, opened.writer,
                lastEpochWithRows: opened.lastEpochWithRows)
        }
    }

    func maintain() throws(SinkError) { try target.cleanUp(opened.withLock { $0.housekeeping }) }
}
