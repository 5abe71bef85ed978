import Columnar
import Diagnostics
import Postgres
import Runtime
import Storage
import Synchronization

/// Appends the rows of a stream to a table of PostgreSQL, or keeps one equal to a table of the pipeline.
///
/// An epoch is one transaction that also brings its marker; what the database refuses of it becomes dead
/// letters.
final class PostgresSink: Sink {
    private struct Opened {
        var writer: TableWriter?
        var refused: RefusedRows?
        /// The last epoch with rows of ours that the table has or will have.
        var lastEpochWithRows: Int64?
        /// The table has epochs up to this one: a crash came between a commit and the end of its epoch.
        var committed: Int64 = 0
        var number: Int64 = 0
        var clock: Int64 = 0
        var parts: [LatestRows.Part] = []
    }

    let name: String
    private let options: PostgresSinkOptions
    private let migrations: Migrations
    private let fileSystem: any FileSystem
    private let report: @Sendable (Diagnostic) -> Void
    private let opened = Mutex(Opened())

    init(
        name: String, options: PostgresSinkOptions, migrations: Migrations, fileSystem: any FileSystem,
        report: @escaping @Sendable (Diagnostic) -> Void
    ) {
        self.name = name
        self.options = options
        self.migrations = migrations
        self.fileSystem = fileSystem
        self.report = report
    }

    /// The database, without its password.
    var place: String { options.address.description }

    func open(_ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64) throws(SinkError) {
        let parts = context.applicationID.split(separator: "/", maxSplits: 1).map(String.init)
        let identity = WriterIdentity(instance: parts.first ?? "", sink: parts.count > 1 ? parts[1] : "")
        let writer = TableWriter(
            ConnectionPool.shared(options.address, options.pool), options.target, identity)
        let last: Int64?
        do throws(PostgresError) {
            try migrations.apply(options.address)
            last = try writer.open(expectedEpoch: expectedEpoch, openEpoch: openEpoch)
        } catch {
            throw Self.sinkError(error)
        }
        let refused = RefusedRows(
            fileSystem,
            directory: options.deadLetters.map { folder in
                context.deadLetterFolder.map { Path.join(folder, $0) } ?? folder
            } ?? context.deadLetterDirectory, sink: name,
            table: options.target.name.description, report: report)
        opened.withLock {
            $0.writer = writer
            $0.refused = refused
            $0.lastEpochWithRows = last
            $0.committed = last ?? 0
        }
    }

    func begin(epoch: Int64, clock: Int64) throws(SinkError) {
        opened.withLock {
            $0.number = epoch
            $0.clock = clock
            $0.parts = []
        }
    }

    func write(_ rows: StreamRows) {
        add(
            LatestRows.Part(
                batch: options.narrowed(options.columns.batch(rows), times: rows.eventTimes),
                presence: rows.valuePresence))
    }

    func write(_ changes: ChangeBatch) {
        let batch = options.columns.batch(changes.new, count: changes.count)
        let times = changes.new[changes.relation.position(of: .rowTime)]
        add(LatestRows.Part(batch: options.narrowed(batch, times: times), presence: changes.newPresence))
    }

    private func add(_ part: LatestRows.Part) {
        opened.withLock { if $0.committed < $0.number, part.batch.count > 0 { $0.parts.append(part) } }
    }

    func end() -> any SinkEpoch {
        opened.withLock { opened in
            guard let writer = opened.writer, let refused = opened.refused else {
                preconditionFailure("an epoch ends after the sink is open")
            }
            if !opened.parts.isEmpty { opened.lastEpochWithRows = opened.number }
            defer { opened.parts = [] }
            return PostgresEpoch(
                opened.number, clock: opened.clock, opened.parts, options.target, writer, refused,
                lastEpochWithRows: opened.lastEpochWithRows)
        }
    }

    func maintain() throws(SinkError) {}

    static func sinkError(_ error: PostgresError) -> SinkError {
        switch error {
        case .unavailable(let diagnostic): return .unavailable(diagnostic)
        case .refused(let diagnostic): return .refused(diagnostic)
        case .rejected: return .refused(error.diagnostic)
        }
    }
}
