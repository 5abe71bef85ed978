import Diagnostics
import Planning
import Storage

/// A sink that a quality rule may stop: what an epoch brings waits until the rules have judged it.
///
/// While the sink is stopped its rows are kept in the state directory, epoch by epoch. When it is resumed it
/// gets them in their order, with the first epoch from then on, under that epoch's number: so they are there
/// once, as after a target was away.
final class StoppableSink: Sink, @unchecked Sendable {
    let inner: any Sink
    let relation: Relation
    let withheld: WithheldRows
    private let monitor = Monitor()
    // Guarded by `monitor`.
    private var rows: [StreamRows] = []
    private var changes: [ChangeBatch] = []
    private var epoch: Int64 = 0
    private var verdict = Verdict.goesOn

    /// What becomes of the epoch that ends.
    enum Verdict {
        case goesOn
        case isWithheld
        /// With all that was withheld before it.
        case isResumed([WithheldRows.Content])
    }

    init(_ inner: any Sink, of relation: Relation, _ withheld: WithheldRows) {
        self.inner = inner
        self.relation = relation
        self.withheld = withheld
    }

    var name: String { inner.name }

    func open(_ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64) throws(SinkError) {
        try inner.open(context, expectedEpoch: expectedEpoch, openEpoch: openEpoch)
    }

    func begin(epoch: Int64, clock: Int64) throws(SinkError) {
        monitor.withLock {
            self.epoch = epoch
            rows = []
            changes = []
            verdict = .goesOn
        }
        try inner.begin(epoch: epoch, clock: clock)
    }

    func write(_ rows: StreamRows) { monitor.withLock { self.rows.append(rows) } }

    func write(_ changes: ChangeBatch) { monitor.withLock { self.changes.append(changes) } }

    /// Rows that wait for the epoch's end.
    var waitingRows: Int64 {
        monitor.withLock {
            Int64(rows.reduce(0) { $0 + $1.count } + changes.reduce(0) { $0 + $1.count })
        }
    }

    /// Comes before `end`.
    func decide(_ verdict: Verdict) { monitor.withLock { self.verdict = verdict } }

    func end() -> any SinkEpoch {
        let (rows, changes, verdict) = monitor.withLock {
            defer { (self.rows, self.changes, self.verdict) = ([], [], .goesOn) }
            return (self.rows, self.changes, self.verdict)
        }
        switch verdict {
        case .goesOn: break
        case .isWithheld:
            let content: WithheldRows.Content = relation.kind == .stream ? .rows(rows) : .changes(changes)
            return WithheldEpoch(inner.end(), content, self, epoch: epoch)
        case .isResumed(let contents):
            for content in contents { give(content) }
        }
        give(relation.kind == .stream ? .rows(rows) : .changes(changes))
        return inner.end()
    }

    private func give(_ content: WithheldRows.Content) {
        switch content {
        case .rows(let parts): for part in parts { inner.write(part) }
        case .changes(let parts): for part in parts { inner.write(part) }
        }
    }

    func maintain() throws(SinkError) { try inner.maintain() }
}

/// An epoch that a stopped sink does not get: for the target it is one without rows.
private final class WithheldEpoch: SinkEpoch {
    private let inner: any SinkEpoch
    private let content: WithheldRows.Content
    private let sink: StoppableSink
    private let epoch: Int64

    init(_ inner: any SinkEpoch, _ content: WithheldRows.Content, _ sink: StoppableSink, epoch: Int64) {
        self.inner = inner
        self.content = content
        self.sink = sink
        self.epoch = epoch
    }

    var lastEpochWithRows: Int64? { inner.lastEpochWithRows }

    func prepare() throws(SinkError) {
        do throws(StorageError) {
            try sink.withheld.write(content, epoch: epoch, sink.relation)
        } catch {
            let message = "rows withheld from \(sink.name) can't be kept: \(error.reason) (\(error.path))"
            let diagnostic = Diagnostic(
                .unavailable, message,
                hint: "make room on the disk or mend its permissions: the pipeline goes on by itself")
            if case .unavailable = error { throw .unavailable(diagnostic) }
            throw .refused(diagnostic)
        }
        try inner.prepare()
    }

    func commit(_ commit: SinkCommit) throws(SinkError) { try inner.commit(commit) }
}
