import Synchronization

/// Bytes that all connections together may hold for requests and answers.
///
/// Whoever needs some takes all at once, as soon as any are left: so the bound may be passed by one request,
/// and nobody waits for ever for the rest of what it has begun.
final class MemoryBudget: Sendable {
    private struct State {
        var left: Int
        var waiting: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    init(_ byteCount: Int) { state = Mutex(State(left: byteCount)) }

    var left: Int { state.withLock { $0.left } }

    /// Whether they were taken; if not, `retry` is called once when there are some again.
    func take(_ count: Int, retry: @escaping @Sendable () -> Void) -> Bool {
        state.withLock {
            guard $0.left > 0 else {
                $0.waiting.append(retry)
                return false
            }
            $0.left -= count
            return true
        }
    }

    /// Takes what is needed anyway.
    func take(_ count: Int) { state.withLock { $0.left -= count } }

    func giveBack(_ count: Int) {
        guard count > 0 else { return }
        let waiting = state.withLock { state -> [@Sendable () -> Void] in
            state.left += count
            guard state.left > 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for retry in waiting { retry() }
    }
}
