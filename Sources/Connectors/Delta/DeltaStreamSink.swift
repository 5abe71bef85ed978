import Columnar
import DeltaLake
import Diagnostics
import Planning
import Runtime
import Storage
import Synchronization

/// Appends the rows of a stream to a Delta table.
///
/// Rows gather until they fill a file; files are encoded and stored in the background while the epoch goes
/// on, invisible until the commit names them.
final class DeltaStreamSink: Sink {
    private struct Opened {
        var writer: AppendWriter?
        var housekeeping: Housekeeping?
        var workers: WorkerPool?
        /// The last epoch with rows of ours that the table has or will have.
        var lastEpochWithRows: Int64?
        /// The table has epochs up to this one: a crash came between a commit and the end of its epoch.
        var committed: Int64 = 0
        var epoch: DeltaStreamEpoch?
    }

    let name: String
    private let target: DeltaTarget
    private let columns: DeltaSinkSchema
    private let opened = Mutex(Opened())

    init(name: String, target: DeltaTarget, columns: DeltaSinkSchema) {
        self.name = name
        self.target = target
        self.columns = columns
    }

    func open(_ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64) throws(SinkError) {
        let identity = DeltaTarget.identity(context.applicationID)
        let target = target
        let schema = columns.schema
        let writer = try DeltaTarget.attempting { () throws(DeltaError) in
            let writer = try AppendWriter(
                try target.table(schema), schema: schema, identity: identity, options: target.options)
            try writer.verify(expectedEpoch: expectedEpoch, openEpoch: openEpoch)
            return writer
        }
        let last = writer.lastCommitted
        opened.withLock {
            $0.writer = writer
            $0.housekeeping = identity.isMaintainer ? Housekeeping(writer.table) : nil
            $0.workers = context.workers
            $0.lastEpochWithRows = last
            $0.committed = last ?? 0
        }
    }

    func begin(epoch: Int64, clock: Int64) throws(SinkError) {
        opened.withLock { opened in
            guard let writer = opened.writer, let workers = opened.workers else { return }
            opened.epoch = DeltaStreamEpoch(epoch, writer, workers, isSkipped: opened.committed >= epoch)
        }
    }

    func write(_ rows: StreamRows) { opened.withLock { $0.epoch }?.write(columns.batch(rows)) }

    func write(_ changes: ChangeBatch) { preconditionFailure("a stream has no changes") }

    func end() -> any SinkEpoch {
        opened.withLock { opened in
            guard let epoch = opened.epoch else { preconditionFailure("an epoch ends after it has begun") }
            opened.lastEpochWithRows = epoch.end(lastEpochWithRows: opened.lastEpochWithRows)
            opened.epoch = nil
            return epoch
        }
    }

    func maintain() throws(SinkError) {
        let (writer, housekeeping) = opened.withLock { ($0.writer, $0.housekeeping) }
        if let writer, writer.identity.isMaintainer {
            if target.compacts { try target.compact(writer.table) }
            try target.expireRows(writer.table)
        }
        try target.cleanUp(housekeeping)
    }
}
