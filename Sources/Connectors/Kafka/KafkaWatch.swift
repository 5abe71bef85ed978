import Diagnostics
import Kafka
import Runtime
import Synchronization

/// Asks the cluster now and then how the topic is, on a thread of its own: the task's never waits for that.
final class KafkaWatch: Sendable {
    private struct State {
        var count: Int
        var hasNews = false
        /// The cluster has said that the topic is not there, and nobody has been told.
        var wasAbsent = false
        /// Whether it is news that the topic is there.
        var isMissed = false
        var isEnded = false
    }

    private let state: Mutex<State>
    private let wake = WakePipe()
    private let threads = WorkerPool(threads: 2)

    /// While something is wrong, it is asked so often.
    private static let troubledInterval = 1000
    private static let answerMilliseconds = 2000

    /// - Parameters:
    ///   - known: how many partitions are known.
    ///   - notify: called when there is news.
    init(
        _ consumer: KafkaConsumer, every milliseconds: Int, known: Int,
        notify: @escaping @Sendable () -> Void
    ) {
        state = Mutex(State(count: known))
        threads.enqueue(bytes: 0) { [self] in
            while !state.withLock({ $0.isEnded }) {
                let isTroubled = consumer.trouble != nil || state.withLock { $0.isMissed }
                let interval = isTroubled ? min(milliseconds, Self.troubledInterval) : milliseconds
                wake.wait(milliseconds: interval)
                if state.withLock({ $0.isEnded }) { return }
                ask(consumer, isTroubled, notify)
            }
        }
    }

    private func ask(_ consumer: KafkaConsumer, _ wasTroubled: Bool, _ notify: @Sendable () -> Void) {
        do throws(KafkaError) {
            let (count, leaderless) = try consumer.partitions(milliseconds: Self.answerMilliseconds)
            if let first = leaderless.first {
                consumer.setTrouble(
                    Diagnostic(
                        .unavailable,
                        "topic \(consumer.topic), partition \(first), has no leader at the moment"))
            } else if wasTroubled {
                consumer.clearTrouble()
            }
            let isNews = state.withLock { state in
                guard count > state.count || wasTroubled || state.isMissed else { return false }
                state.count = max(state.count, count)
                state.hasNews = true
                state.isMissed = false
                return true
            }
            if isNews { notify() }
        } catch {
            consumer.setTrouble(error.diagnostic)
            guard case .absent = error else { return }
            state.withLock { state in
                state.wasAbsent = true
                state.isMissed = true
            }
            notify()
        }
    }

    /// How many partitions there are, once after that or anything else has changed.
    func news() -> Int? {
        state.withLock { state in
            guard state.hasNews else { return nil }
            state.hasNews = false
            return state.count
        }
    }

    /// Has it told when the topic is there again.
    func miss() { state.withLock { $0.isMissed = true } }

    /// Whether the topic was not there since that was asked for last.
    func takeAbsence() -> Bool {
        state.withLock { state in
            defer { state.wasAbsent = false }
            return state.wasAbsent
        }
    }

    func end() {
        state.withLock { $0.isEnded = true }
        wake.wake()
        threads.stop()
    }
}
