import Connectors
import Diagnostics
import Planning
import Runtime
import Synchronization

/// Fails once, when it is to commit an epoch with rows: as a crash at that moment does, the epoch's end stays
/// unknown to the task.
final class FailingSink: Sink {
    enum Moment: CaseIterable {
        case beforeCommit
        case afterCommit
    }

    let inner: MemorySink
    private let moment: Moment?
    private let state = Mutex((hasFailed: false, isToFail: false))

    init(_ inner: MemorySink, failing moment: Moment?) {
        self.inner = inner
        self.moment = moment
    }

    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    /// From now on.
    func arm() { state.withLock { $0.isToFail = true } }

    var name: String { inner.name }

    func open(_ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64) throws(SinkError) {
        try inner.open(context, expectedEpoch: expectedEpoch, openEpoch: openEpoch)
    }

    func begin(epoch: Int64, clock: Int64) throws(SinkError) { try inner.begin(epoch: epoch, clock: clock) }
    func write(_ rows: StreamRows) { inner.write(rows) }
    func write(_ changes: ChangeBatch) { inner.write(changes) }
    func end() -> any SinkEpoch { Epoch(inner.end(), self) }
    func maintain() throws(SinkError) {}

    private final class Epoch: SinkEpoch {
        private let inner: any SinkEpoch
        private let sink: FailingSink

        init(_ inner: any SinkEpoch, _ sink: FailingSink) {
            self.inner = inner
            self.sink = sink
        }

        var lastEpochWithRows: Int64? { inner.lastEpochWithRows }

        func prepare() throws(SinkError) { try inner.prepare() }

        func commit(_ commit: SinkCommit) throws(SinkError) {
            let fails = sink.state.withLock { state in
                defer { state.hasFailed = state.hasFailed || state.isToFail }
                return state.isToFail && !state.hasFailed && sink.moment != nil
            }
            if !fails || sink.moment == .afterCommit { try inner.commit(commit) }
            if fails { throw .refused(Diagnostic(.io, "the machine is gone")) }
        }
    }
}
