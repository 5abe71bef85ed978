import Diagnostics
import Formats
import Postgres
import Runtime
import Simulation
import Storage

/// Messages of a topic → sessions, products and activity, as Avro in topics and as tables of PostgreSQL.
struct SessionsDemo: DemoPipeline {
    static let name = "sessions"
    static let usualRate = 500
    static let watchedRelation = "activity_stats"
    static let hasTopics = true

    private static let topic = "ecommerce.events"
    private static let connectors = ["session-stats-sink", "product-stats-sink", "activity-stats-sink"]
    private static let tables = ["session_stats", "product_stats", "activity_stats"]

    let directory: String
    private let database: DemoDatabase

    init(directory: String) {
        self.directory = directory
        database = DemoDatabase(directory: directory + "/postgres")
    }

    /// Without repeated events: ksqlDB's statements, which these are, would count them twice.
    func shop(_ simulation: inout SimulationConfiguration) {
        simulation.profile = .sessions
        simulation.duplicates = 0
        simulation.bots = 0
    }

    func open(_ setting: DemoSetting) throws(Diagnostic) -> DemoStage {
        let script = try setting.location.file(of: Self.name, in: LocalFileSystem())
        _ = try database.open(setting.console, setting.location)
        database.publish(setting.console)
        let broker = try DemoBroker(setting, directory: directory, servesRegistry: true)
        var variables = ["brokers": broker.servers]
        variables["registry"] = broker.registryURL
        return DemoStage(
            events: .topic(Self.topic, servers: broker.servers), variables: variables,
            connectors: Self.connectors.map { Path.join(Path.directory(of: script), $0 + ".json") },
            broker: broker)
    }

    func result(
        _ stage: DemoStage, _ status: PipelineStatus, _ console: Console
    ) throws(Diagnostic) -> DemoResult {
        let address = try database.address(console)
        do throws(PostgresError) {
            let connection = try PostgresConnection(address)
            let counts = try database.counts(of: Self.tables, connection)
            let states = try connection.query(
                "SELECT session_state, count(*), sum(revenue) + sum(cart_value) FROM v_sessions "
                    + "GROUP BY session_state ORDER BY 2 DESC, 1")
            let texts = states.rows.map { row in
                "\(row[0] ?? "") \(NumberDisplay.grouped(Int(row[1] ?? "") ?? 0))"
            }
            return DemoResult(
                lines: counts.lines + (texts.isEmpty ? [] : ["  sessions: " + texts.joined(separator: ", ")]),
                commands: commands(stage, console), json: .init("database", .object(counts.json)))
        } catch { throw error.diagnostic }
    }

    private func commands(_ stage: DemoStage, _ console: Console) -> [String] {
        let psql = "psql " + database.shellURL(console)
        return [
            "\(psql) -c '\\d+ session_stats'",
            "\(psql) -c 'SELECT * FROM v_session_funnel'",
            "\(psql) -c 'SELECT * FROM v_top_products LIMIT 5'",
        ]
            + [
                stage.broker?.serveCommand(ShellText.word(console.program)), database.stopCommand(console),
            ].compactMap { $0 }
    }
}
