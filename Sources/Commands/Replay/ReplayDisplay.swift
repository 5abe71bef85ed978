import Diagnostics
import Simulation

/// Shows how far a replay is: one line redrawn in place on a terminal, otherwise one for each step.
struct ReplayDisplay {
    static let intervalMilliseconds = 200
    /// What is done sooner is not worth a line.
    private static let patience: Int64 = 2000

    private let stream: Console.Stream
    private let clock = WallClock()
    private let begun: Int64
    private var isDrawn = false
    private var lastStep: String?

    init(_ stream: Console.Stream) {
        self.stream = stream
        begun = clock.now()
    }

    mutating func show(_ progress: ReplayProgress) {
        guard clock.now() - begun >= Self.patience else { return }
        if stream.isTerminal {
            stream.write("\r\u{1B}[K" + DisplayWidth.visible(progress.line))
            isDrawn = true
        } else if progress.step != lastStep {
            stream.line(progress.line)
            lastStep = progress.step
        }
    }

    mutating func clear() {
        if isDrawn { stream.write("\r\u{1B}[K") }
        isDrawn = false
    }
}

/// How far a replay is.
struct ReplayProgress: Sendable {
    /// What it is at, such as `rebuilding`.
    var step: String
    var records: Int64
    /// Records that bronze has; 0 before they were counted.
    var allRecords: Int

    var line: String {
        guard records > 0 else { return step }
        let all = allRecords > 0 ? " of \(NumberDisplay.grouped(allRecords))" : ""
        return "\(step): \(NumberDisplay.grouped(records))\(all) records"
    }
}
