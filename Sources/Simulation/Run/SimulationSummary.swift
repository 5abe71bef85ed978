import Diagnostics

/// What a run has written, for the command to print.
public struct SimulationSummary: Equatable, Sendable {
    /// The lines and what they are.
    public var tally: SimulationTally
    public var files: Int
    /// Bytes in the files, headers included.
    public var bytes: Int
    public var elapsed: Duration
    /// The seed to give for the same run again.
    public var seed: UInt64
    /// True when the stop flag ended the run.
    public var wasStopped: Bool
    /// The names of the first and the last file; `nil` when there is none.
    public var firstFile: String?
    public var lastFile: String?

    public var lines: Int { tally.lines }

    /// Lines written per second of the run.
    public var linesPerSecond: Double {
        let milliseconds = elapsed.wholeMilliseconds
        return milliseconds > 0 ? Double(lines) * 1000 / Double(milliseconds) : 0
    }
}
