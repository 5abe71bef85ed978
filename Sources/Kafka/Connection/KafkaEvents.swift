import CLibrdkafka
import Diagnostics
import Glibc
import Synchronization

/// What a client's own threads tell: errors beside any call, failed deliveries, that there is input.
final class KafkaEvents: Sendable {
    private struct State {
        var trouble: KafkaTrouble?
        /// The newest error of a connection: why the others can't tell.
        var connection: (code: rd_kafka_resp_err_t, reason: String)?
        var failures: [(tag: Int, code: rd_kafka_resp_err_t)] = []
    }

    private let state = Mutex(State())
    private let place: String
    /// nil where the library has no need of them, or its own.
    let tokens: KafkaTokens?
    private let onInput: (@Sendable () -> Void)?

    init(_ place: String, tokens: KafkaTokens?, onInput: (@Sendable () -> Void)?) {
        self.place = place
        self.tokens = tokens
        self.onInput = onInput
    }

    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    func input() { onInput?() }

    func note(_ told: rd_kafka_resp_err_t, _ reason: String) {
        var code = told
        // Without its issuer there is no token for the time being, which is no refusal.
        if code == RD_KAFKA_RESP_ERR__AUTHENTICATION, tokens?.isAway == true {
            code = RD_KAFKA_RESP_ERR__TRANSPORT
        }
        state.withLock { state in
            if code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN {
                state.connection = (code, Self.plain(reason))
                return
            }
            if state.trouble == nil {
                let reason = state.connection?.reason ?? "no broker answers"
                state.trouble = KafkaTrouble(
                    reason: Diagnostic(.unavailable, "Kafka at \(place) is not to be reached: \(reason)"),
                    since: Self.now())
            }
        }
        // Who waits should see it.
        onInput?()
    }

    /// Without how long it took, which differs each time.
    private static func plain(_ reason: String) -> String {
        let words = reason.split(separator: " ", omittingEmptySubsequences: false)
        guard let end = words.firstIndex(of: "(after") else { return reason }
        return words[..<end].joined(separator: " ")
    }

    var trouble: KafkaTrouble? { state.withLock { $0.trouble } }

    func set(_ reason: Diagnostic) {
        state.withLock { state in
            if state.trouble?.reason != reason {
                state.trouble = KafkaTrouble(reason: reason, since: state.trouble?.since ?? Self.now())
            }
        }
    }

    func clear() {
        state.withLock { state in
            state.trouble = nil
            state.connection = nil
        }
    }

    /// What is known of why nobody answers.
    var connectionError: (code: rd_kafka_resp_err_t, reason: String)? { state.withLock { $0.connection } }

    func fail(_ tag: Int, _ code: rd_kafka_resp_err_t) { state.withLock { $0.failures.append((tag, code)) } }

    var hasNoFailures: Bool { state.withLock { $0.failures.isEmpty } }

    func takeFailures() -> [(tag: Int, code: rd_kafka_resp_err_t)] {
        state.withLock { state in
            defer { state.failures = [] }
            return state.failures
        }
    }
}
