import Diagnostics
import Runtime
import Simulation
import Storage

/// JSON files → bronze, silver and gold Delta tables.
struct MedallionDemo: DemoPipeline {
    static let name = "medallion"
    static let usualRate = 2000
    static let watchedRelation = "revenue"
    static let hasTopics = false

    let directory: String

    /// A file every two seconds, so that something is to be seen soon.
    func shop(_ simulation: inout SimulationConfiguration) {
        simulation.profile = .medallion
        simulation.every = .seconds(2) ... .seconds(2)
    }

    func open(_ setting: DemoSetting) -> DemoStage {
        let events = directory + "/raw/events"
        return DemoStage(events: .directory(events), variables: ["raw": events, "lake": directory])
    }

    func result(
        _ stage: DemoStage, _ status: PipelineStatus, _ console: Console
    ) -> DemoResult {
        // A demo that was stopped at once has made no table, and that is no error.
        let lake = try? LakeInspection.read(directory, in: LocalFileSystem())
        let option = directory == "data" ? "" : " --lake \(ShellText.word(directory))"
        let program = ShellText.word(console.program)
        let query = "\(program) query\(option)"
        return DemoResult(
            lines: lake.map { $0.tableLines + $0.checks.map(\.line) } ?? ["  no table yet"],
            commands: [
                "\(query) \"SELECT product_id, sum(total_revenue) AS revenue FROM gold.revenue "
                    + "GROUP BY ALL ORDER BY revenue DESC LIMIT 5\"",
                "\(query) \"SELECT * FROM gold.anomalies ORDER BY event_count DESC LIMIT 5\"",
                "\(program) inspect dead-letters " + ShellText.word(directory + "/bronze/dead_letters"),
            ], json: .init("lake", lake?.json ?? .null))
    }
}
