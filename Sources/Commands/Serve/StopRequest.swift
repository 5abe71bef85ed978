import Runtime
import Synchronization

/// A wish of a client that the server end.
final class StopRequest: Sendable {
    private let wake: WakePipe
    private let asked = Atomic<Bool>(false)

    init(_ wake: WakePipe) { self.wake = wake }

    var isAsked: Bool { asked.load(ordering: .acquiring) }

    func ask() {
        asked.store(true, ordering: .releasing)
        wake.wake()
    }
}
