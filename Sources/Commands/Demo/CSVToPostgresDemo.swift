import Diagnostics
import Formats
import Postgres
import Runtime
import Simulation
import Storage

/// CSV files → tables, views and functions of a PostgreSQL database.
struct CSVToPostgresDemo: DemoPipeline {
    static let name = "csv-to-postgres"
    static let usualRate = 500
    static let watchedRelation = "hourly_summary"
    static let hasTopics = false

    let directory: String
    private let database: DemoDatabase

    init(directory: String) {
        self.directory = directory
        database = DemoDatabase(directory: directory + "/postgres")
    }

    func shop(_ simulation: inout SimulationConfiguration) {
        simulation.profile = .csv
        simulation.bots = 0
    }

    func open(_ setting: DemoSetting) throws(Diagnostic) -> DemoStage {
        let url = try database.open(setting.console, setting.location)
        let events = directory + "/events"
        return DemoStage(
            events: .directory(events),
            variables: ["events": events, "database": url, "archive": directory + "/archive"])
    }

    private static let tables = ["ecommerce_events", "event_hourly_summary", "ecommerce_events_errors"]

    func result(
        _ stage: DemoStage, _ status: PipelineStatus, _ console: Console
    ) throws(Diagnostic) -> DemoResult {
        let address = try database.address(console)
        do throws(PostgresError) {
            let connection = try PostgresConnection(address)
            let counts = try database.counts(of: Self.tables, connection)
            var lines = counts.lines
            let reasons = try connection.query(
                "SELECT reason, count(*) FROM ecommerce_events_errors GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3")
            if !reasons.rows.isEmpty {
                let texts = reasons.rows.map { "\($0[0] ?? "") (\($0[1] ?? ""))" }
                lines.append("  lines that failed, most of all: " + texts.joined(separator: ", "))
            }
            return DemoResult(
                lines: lines, commands: commands(console), json: .init("database", .object(counts.json)))
        } catch { throw error.diagnostic }
    }

    private func commands(_ console: Console) -> [String] {
        let psql = "psql " + database.shellURL(console)
        return [
            "\(psql) -c '\\d+ ecommerce_events'",
            "\(psql) -c 'SELECT * FROM v_top_products LIMIT 5'",
            "\(psql) -c \"SELECT * FROM conversion_by_period(now() - interval '1 hour', now(), "
                + "'10 minutes')\"",
        ] + (database.stopCommand(console).map { [$0] } ?? [])
    }
}
