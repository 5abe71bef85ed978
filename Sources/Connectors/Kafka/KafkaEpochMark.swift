import Synchronization

/// Which epoch a topic has, as far as the writers know that take turns at it.
final class KafkaEpochMark: Sendable {
    private struct State {
        var epoch: Int64?
        /// Milliseconds since the epoch of time.
        var writtenAt = KafkaSource.now()
    }

    private let state = Mutex(State())

    /// The last epoch that the topic has; nil while it has none of ours.
    var epoch: Int64? { state.withLock { $0.epoch } }

    func has(_ epoch: Int64) -> Bool { state.withLock { ($0.epoch ?? .min) >= epoch } }

    /// What the cluster says.
    func found(_ epoch: Int64?) { state.withLock { $0.epoch = epoch } }

    func written(_ epoch: Int64) { state.withLock { $0 = State(epoch: epoch) } }

    /// Milliseconds since it was written last.
    var age: Int64 { state.withLock { KafkaSource.now() - $0.writtenAt } }
}
