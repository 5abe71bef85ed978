import Diagnostics
import Formats
import Runtime
import Simulation

/// What a demo leaves to read: what arrived, what was made of it, where to look next.
struct DemoSummary {
    /// The pipeline's name.
    let pipeline: String
    let stage: DemoStage
    /// nil when the shop ended by an error.
    let simulated: SimulationSummary?
    let status: PipelineStatus
    let result: DemoResult
    let elapsedMilliseconds: Int64

    var text: String {
        var lines = [""]
        if let simulated {
            let tally = simulated.tally
            let elapsed = simulated.elapsed.wholeMilliseconds
            lines += [
                "What arrived, in \(NumberDisplay.duration(milliseconds: elapsed)):",
                "  \(amount(simulated)), \(NumberDisplay.bytes(simulated.bytes)), in \(stage.place)",
                "  \(NumberDisplay.grouped(tally.events)) events of "
                    + "\(NumberDisplay.count(tally.sessions, "session")), "
                    + "\(NumberDisplay.grouped(tally.botEvents)) of them by bots, "
                    + "\(NumberDisplay.grouped(tally.late)) out of order",
                "  \(NumberDisplay.count(tally.duplicates, "duplicate")), "
                    + "\(NumberDisplay.count(tally.malformed, "malformed line"))", "",
            ]
        }
        lines.append("What was made of \(simulated.map(subject) ?? "it"):")
        lines += result.lines
        lines += ["", "Where to look next:"] + result.commands.map { "  " + $0 }
        return lines.joined(separator: "\n")
    }

    private func amount(_ simulated: SimulationSummary) -> String {
        switch stage.events {
        case .topic: NumberDisplay.count(simulated.lines, "message")
        case .directory:
            "\(NumberDisplay.count(simulated.lines, "line")) in "
                + NumberDisplay.count(simulated.files, "file")
        }
    }

    /// Tables that were there already hold more than what has just arrived.
    private func subject(_ simulated: SimulationSummary) -> String {
        let earlier = status.records - Int64(simulated.lines)
        return earlier > 0 ? "it and of \(NumberDisplay.count(earlier, "line")) that came before" : "it"
    }

    /// One compact object: `simulated`, `pipeline` and what was made.
    var json: String {
        let made = simulated.flatMap { try? JSONValue(parsing: $0.json) } ?? .null
        let run =
            (try? JSONValue(
                parsing: RunSummary.json(
                    pipeline, status, elapsedMilliseconds: elapsedMilliseconds))) ?? .null
        let object = JSONValue.object([.init("simulated", made), .init("pipeline", run), result.json])
        return object.text
    }
}
