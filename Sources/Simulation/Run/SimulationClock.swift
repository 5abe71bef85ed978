/// The time that paces a run.
public protocol SimulationClock {
    /// Milliseconds since 1970; never goes back.
    func now() -> Int64

    /// Waits about so long, or shorter when a signal arrives.
    func sleep(milliseconds: Int64)
}
