import Runtime
import Synchronization

/// The order in which the messages of two epochs at once go to a topic: those of the epoch at work, which are
/// sent ahead, come behind all of the one that is being committed.
///
/// ```
/// epoch 7   ──sent ahead──┤ends: rest, flushed, marked ├─ committed
/// epoch 8                  ··· waits ··················├──sent ahead───────┤ends …
/// ```
final class KafkaEpochOrder: Sendable {
    private struct State {
        /// An epoch that has ended and whose messages are not all in the topic (any more).
        var undelivered: Int64?
        /// An epoch that has ended and is not committed.
        var uncommitted: Int64?
        /// The epoch at work.
        var open: KafkaEpoch?
    }

    private let state = Mutex(State())

    func begin(_ epoch: KafkaEpoch) { state.withLock { $0.open = epoch } }

    /// Hands over what the epoch at work has so far, unless an earlier one is to come before it. Does not
    /// wait for the cluster.
    func sendAhead() {
        state.withLock { state in
            if state.undelivered == nil { state.open?.sendAhead() }
        }
    }

    func end(_ epoch: KafkaEpoch) {
        state.withLock { state in
            state.open = nil
            guard epoch.hasRows else { return }
            state.undelivered = epoch.number
            state.uncommitted = epoch.number
        }
    }

    func committed(_ epoch: Int64) {
        state.withLock { if $0.uncommitted == epoch { $0.uncommitted = nil } }
    }

    /// Does something with the writers if no epoch needs them; one that begins meanwhile waits.
    func whileIdle(_ body: () throws(SinkError) -> Void) throws(SinkError) {
        try state.withLock { (state) throws(SinkError) in
            if state.open?.hasRows != true, state.uncommitted == nil { try body() }
        }
    }

    /// Has the messages of an epoch that has ended brought to the topic, before all of later ones: what those
    /// have sent ahead is taken back.
    func deliver(_ epoch: Int64, _ body: () throws(SinkError) -> Void) throws(SinkError) {
        let later = state.withLock { state in
            state.undelivered = epoch
            return state.open
        }
        later?.takeBack()
        try body()
        state.withLock { $0.undelivered = nil }
        sendAhead()
    }
}
