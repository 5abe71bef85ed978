@testable import Simulation

/// A clock that moves only when somebody sleeps on it.
final class ManualClock: SimulationClock {
    private var time: Int64
    /// Naps taken so far, and what to do in one of them.
    private(set) var naps = 0
    var onNap: (ManualClock, Int) -> Void = { _, _ in }

    init(_ time: Int64) { self.time = time }

    func now() -> Int64 { time }

    func sleep(milliseconds: Int64) {
        precondition(milliseconds > 0)
        naps += 1
        time += milliseconds
        onNap(self, naps)
    }

    func jump(_ milliseconds: Int64) { time += milliseconds }
}
