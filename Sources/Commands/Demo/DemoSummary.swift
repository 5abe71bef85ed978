import Diagnostics
import Formats
import Runtime
import Simulation

/// What a demo leaves to read: what arrived, what was made of it, where to look next.
struct DemoSummary {
    let configuration: DemoConfiguration
    /// The program as it was called.
    let program: String
    /// nil when the shop ended by an error.
    let simulated: SimulationSummary?
    let status: PipelineStatus
    /// nil when there is no table yet.
    let lake: LakeInspection?
    let elapsedMilliseconds: Int64

    var text: String {
        var lines = [""]
        if let simulated {
            let tally = simulated.tally
            let elapsed = simulated.elapsed.wholeMilliseconds
            lines += [
                "What arrived, in \(NumberDisplay.duration(milliseconds: elapsed)):",
                "  \(NumberDisplay.count(simulated.lines, "line")) in "
                    + "\(NumberDisplay.count(simulated.files, "file")), "
                    + "\(NumberDisplay.bytes(simulated.bytes)), in \(configuration.rawDirectory)",
                "  \(NumberDisplay.grouped(tally.events)) events of "
                    + "\(NumberDisplay.count(tally.sessions, "session")), "
                    + "\(NumberDisplay.grouped(tally.botEvents)) of them by bots, "
                    + "\(NumberDisplay.grouped(tally.late)) out of order",
                "  \(NumberDisplay.count(tally.duplicates, "duplicate")), "
                    + "\(NumberDisplay.count(tally.malformed, "malformed line"))", "",
            ]
        }
        lines.append("What was made of \(simulated.map(subject) ?? "it"):")
        lines += lake.map { $0.tableLines + $0.checks.map(\.line) } ?? ["  no table yet"]
        lines += ["", "Where to look next:"] + nextCommands.map { "  " + $0 }
        return lines.joined(separator: "\n")
    }

    /// Tables that were there already hold more than what has just arrived.
    private func subject(_ simulated: SimulationSummary) -> String {
        let earlier = status.records - Int64(simulated.lines)
        return earlier > 0 ? "it and of \(NumberDisplay.count(earlier, "line")) that came before" : "it"
    }

    /// Three commands to copy.
    private var nextCommands: [String] {
        let lake =
            configuration.directory == "data" ? "" : " --lake \(ShellText.word(configuration.directory))"
        let program = ShellText.word(program)
        return [
            "\(program) query\(lake) \"SELECT product_id, sum(total_revenue) AS revenue FROM gold.revenue "
                + "GROUP BY ALL ORDER BY revenue DESC LIMIT 5\"",
            "\(program) query\(lake) \"SELECT * FROM gold.anomalies ORDER BY event_count DESC LIMIT 5\"",
            "\(program) inspect dead-letters "
                + ShellText.word(configuration.directory + "/bronze/dead_letters"),
        ]
    }

    /// One compact object: `simulated`, `pipeline` and `lake`.
    var json: String {
        let made = simulated.flatMap { try? JSONValue(parsing: $0.json) } ?? .null
        let run =
            (try? JSONValue(
                parsing: RunSummary.json(
                    configuration.pipeline, status, elapsedMilliseconds: elapsedMilliseconds))) ?? .null
        let object: JSONValue = ["simulated": made, "pipeline": run, "lake": lake?.json ?? .null]
        return object.text
    }
}
