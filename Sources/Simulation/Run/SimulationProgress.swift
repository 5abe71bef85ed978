/// How far a run is; handed out at most four times a second.
public struct SimulationProgress: Equatable, Sendable {
    public var lines: Int
    /// Lines of the whole run; `nil` when it ends only by being stopped.
    public var plannedLines: Int?
    public var files: Int
    public var bytes: Int
    public var elapsed: Duration
    /// How far the run is behind its pace; zero when it keeps it, and when it is not paced.
    public var lag: Duration
}
