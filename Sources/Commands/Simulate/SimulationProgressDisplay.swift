import Diagnostics
import Simulation

/// How far a simulation is: one line that is redrawn on a terminal, a line now and then where it is piped.
///
/// Says nothing for runs of up to two seconds.
struct SimulationProgressDisplay {
    private static let quietTime = Duration.seconds(2)
    private static let pipedInterval = Duration.seconds(5)

    private let stream: Console.Stream
    private var isShown = false
    private var nextLine = Duration.seconds(5)

    init(_ stream: Console.Stream) { self.stream = stream }

    mutating func show(_ progress: SimulationProgress) {
        guard progress.elapsed >= Self.quietTime else { return }
        if stream.isTerminal {
            stream.write("\r" + Self.text(progress) + "\u{1B}[K")
            isShown = true
        } else if progress.elapsed >= nextLine {
            stream.line(Self.text(progress))
            nextLine = progress.elapsed + Self.pipedInterval
        }
    }

    /// Removes the line from the terminal.
    mutating func clear() {
        if isShown { stream.write("\r\u{1B}[K") }
        isShown = false
    }

    /// `simulating: 45,000 of 300,000 lines (15 %) in 4 files, 27.8 MB, 4,998/s, 9.0 s, 1.2 s behind`.
    static func text(_ progress: SimulationProgress) -> String {
        let milliseconds = Double(progress.elapsed.wholeMilliseconds)
        var text = "simulating: \(NumberDisplay.grouped(progress.lines))"
        if let planned = progress.plannedLines, planned > 0 {
            let percent = min(100, Int(Double(progress.lines) / Double(planned) * 100))
            text += " of \(NumberDisplay.grouped(planned)) lines (\(percent) %)"
        } else {
            text += " lines"
        }
        text += " in \(NumberDisplay.count(progress.files, "file")), \(NumberDisplay.bytes(progress.bytes))"
        text += ", \(NumberDisplay.rate(Double(progress.lines) * 1000 / max(1, milliseconds)))"
        text += ", \(NumberDisplay.duration(milliseconds: milliseconds))"
        let lag = progress.lag.wholeMilliseconds
        return lag >= 1000 ? text + ", \(NumberDisplay.duration(milliseconds: lag)) behind" : text
    }
}
