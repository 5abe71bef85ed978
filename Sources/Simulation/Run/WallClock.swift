import Glibc

/// The machine's clock: the time of day when it was made, moved on by the monotonic clock, so that a
/// clock that is set anew disturbs no run.
public struct WallClock: SimulationClock, Sendable {
    private let offset: Int64

    public init() {
        offset = Self.read(CLOCK_REALTIME) - Self.read(CLOCK_BOOTTIME)
    }

    public func now() -> Int64 { offset + Self.read(CLOCK_BOOTTIME) }

    public func sleep(milliseconds: Int64) {
        guard milliseconds > 0 else { return }
        var time = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        // A signal ends the wait early: the caller looks at its stop flag then.
        _ = nanosleep(&time, nil)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
