import Synchronization

/// What requests of each kind took, for `/metrics`.
final class RequestTally: Sendable {
    /// What is counted.
    enum Kind: String, CaseIterable, Sendable {
        case pull, push, print, statement, insert
    }

    /// How long requests of one kind took to their answer; of a push query, to its start.
    struct Latencies: Sendable {
        /// Upper bounds in seconds.
        static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

        /// Requests within each bound but beyond the one before; the last is all beyond.
        var counts = [Int](repeating: 0, count: bounds.count + 1)
        var seconds = 0.0
        var errors = 0
        /// Rows that answers held.
        var rows = 0

        var count: Int { counts.reduce(0, +) }

        mutating func add(_ duration: Duration) {
            let elapsed =
                Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
            seconds += elapsed
            counts[Self.bounds.firstIndex { elapsed <= $0 } ?? Self.bounds.count] += 1
        }
    }

    private let kinds = Mutex<[Kind: Latencies]>([:])

    /// Times a request; one that throws counts as an error too.
    func time<Answer, Failure: Error>(
        _ kind: Kind, _ body: () throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        let start = ContinuousClock.now
        do throws(Failure) {
            let answer = try body()
            add(kind, since: start, isError: false)
            return answer
        } catch {
            add(kind, since: start, isError: true)
            throw error
        }
    }

    private func add(_ kind: Kind, since start: ContinuousClock.Instant, isError: Bool) {
        kinds.withLock {
            $0[kind, default: Latencies()].add(ContinuousClock.now - start)
            if isError { $0[kind]?.errors += 1 }
        }
    }

    func addRows(_ count: Int, of kind: Kind) {
        kinds.withLock { $0[kind, default: Latencies()].rows += count }
    }

    subscript(kind: Kind) -> Latencies { kinds.withLock { $0[kind] ?? Latencies() } }
}
