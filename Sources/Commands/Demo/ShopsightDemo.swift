import Diagnostics
import Formats
import Runtime
import Simulation
import Storage

/// Messages of a topic → Delta tables of events, sessions, products, funnel and anomalies.
struct ShopsightDemo: DemoPipeline {
    static let name = "shopsight"
    static let usualRate = 1000
    static let watchedRelation = "product_activity"
    static let hasTopics = true

    private static let topic = "product_events"

    let directory: String

    func shop(_ simulation: inout SimulationConfiguration) { simulation.profile = .shopsight }

    func open(_ setting: DemoSetting) throws(Diagnostic) -> DemoStage {
        let broker = try DemoBroker(setting, directory: directory)
        return DemoStage(
            events: .topic(Self.topic, servers: broker.servers), variables: ["lake": directory],
            broker: broker)
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
                "\(query) \"SELECT * FROM shopsight.anomalies ORDER BY window_start DESC LIMIT 5\""
            ], json: .init("lake", lake?.json ?? .null))
    }
}
