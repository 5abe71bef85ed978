import Runtime
import Synchronization

/// Ends the wait of a topic's source; costs no descriptors before somebody waits.
final class TopicWaker: Sendable {
    private struct State {
        var pipe: WakePipe?
        /// Woken before anybody waited.
        var isWoken = false
    }

    private let state = Mutex(State())
    private let onInput: (@Sendable () -> Void)?

    init(onInput: (@Sendable () -> Void)?) { self.onInput = onInput }

    /// The topic has news.
    func notify() {
        wake()
        onInput?()
    }

    func wake() {
        let pipe = state.withLock { state in
            if state.pipe == nil { state.isWoken = true }
            return state.pipe
        }
        pipe?.wake()
    }

    func wait(milliseconds: Int) {
        let pipe = state.withLock { state -> WakePipe? in
            if state.isWoken {
                state.isWoken = false
                return nil
            }
            if let pipe = state.pipe { return pipe }
            let made = WakePipe()
            state.pipe = made
            return made
        }
        pipe?.wait(milliseconds: milliseconds)
    }
}
