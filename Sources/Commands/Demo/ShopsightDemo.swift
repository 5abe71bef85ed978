import Columnar
import DeltaLake
import Diagnostics
import Formats
import Runtime
import Simulation
import Storage

/// Messages of a topic → Delta tables of events, sessions, products, funnel and anomalies.
struct ShopsightDemo: DemoPipeline {
    static let name = "shopsight"
    static let usualRate = 1000
    static let watchedRelation = "event_rates"
    static let hasTopics = true
    /// Behind as many seconds as the pipeline must know before it calls anything unusual.
    static let rush: DemoRush? = DemoRush(begins: .seconds(30), lasts: .seconds(3), factor: 2)

    private static let topic = "product_events"
    private static let layer = "shopsight"

    let directory: String

    func shop(_ simulation: inout SimulationConfiguration) { simulation.profile = .shopsight }

    /// Rates by the second rather than by the minute, and alarms after a few seconds: a demo is short.
    func open(_ setting: DemoSetting) throws(Diagnostic) -> DemoStage {
        let broker = try DemoBroker(setting, directory: directory)
        return DemoStage(
            events: .topic(Self.topic, servers: broker.servers),
            variables: [
                "topic": Self.topic, "lake": directory, "interval": "1", "span": "31",
                "alarm_delay": "3 seconds",
            ], broker: broker)
    }

    func result(
        _ stage: DemoStage, _ status: PipelineStatus, _ console: Console
    ) throws(Diagnostic) -> DemoResult {
        // A demo that was stopped at once has made no table, and that is no error.
        guard let found = try? LakeInspection.read(directory, in: LocalFileSystem()) else {
            return DemoResult(
                lines: ["  no table yet"], commands: commands(stage, console), json: .init("lake", .null))
        }
        // Other demos may have tables in the directory too.
        let lake = LakeInspection(
            path: directory, tables: found.tables.filter { $0.title.hasPrefix(Self.layer + ".") }, books: nil,
            quality: nil, failures: found.failures)
        let checks = lake.checks + [books(lake, status)]
        return DemoResult(
            lines: lake.tableLines + checks.map(\.line) + (try unusual()),
            commands: commands(stage, console),
            json: .init(
                "lake",
                ["tables": lake.json["tables"] ?? .null, "checks": .array(checks.map(\.json))]))
    }

    /// Whether every message is accounted for.
    private func books(_ lake: LakeInspection, _ status: PipelineStatus) -> InspectionCheck {
        func rows(_ table: String) -> Int {
            lake.tables.first { $0.title == Self.layer + "." + table }?.rows ?? 0
        }
        let events = status.relations.first { $0.name == "EVENTS" }
        let parts: [(name: String, count: Int)] = [
            ("events", rows("enriched_events")), ("dead letters", rows("dead_letters")),
            ("duplicates", Int(events?.duplicates ?? 0)), ("late", Int(events?.late ?? 0)),
        ]
        let sum = parts.reduce(0) { $0 + $1.count }
        let isBalanced = sum == Int(status.records)
        return InspectionCheck(
            isBalanced ? .pass : .fail, "books",
            "books: messages \(NumberDisplay.grouped(status.records)) \(isBalanced ? "=" : "≠") "
                + parts.map { "\($0.name) \(NumberDisplay.grouped($0.count))" }.joined(separator: " + "))
    }

    // MARK: What was unusual

    private static let shownAnomalies = 3

    private struct Anomaly {
        let time: Int64
        let text: String
    }

    /// The newest anomalies in words; nothing without any.
    private func unusual() throws(Diagnostic) -> [String] {
        let path = Path.join(directory, Self.layer + "/anomalies")
        let log = try? LocalFileSystem().status(Path.join(path, "_delta_log"))
        guard log != nil else { return [] }
        var found: [Anomaly] = []
        try DeltaFailure.told { () throws(DeltaError) in
            let table = try DeltaTable.open(LocalObjectStore(path, in: LocalFileSystem()))
            try table.forEachBatch(of: table.snapshot) { batch throws(DeltaError) in
                found += Self.anomalies(batch)
            }
        }
        let newest = found.sorted { ($0.time, $0.text) < ($1.time, $1.text) }.suffix(Self.shownAnomalies)
        guard !newest.isEmpty else { return [] }
        return ["  unusual" + (newest.count < found.count ? ", the newest:" : ":")]
            + newest.map { "    " + $0.text }
    }

    private static func anomalies(_ batch: Batch) -> [Anomaly] {
        func column(_ name: String) -> Column? { batch.schema.index(of: name).map { batch.columns[$0] } }
        guard let times = column("interval_start"), let types = column("event_type"),
            let counts = column("events"), let expected = column("expected"), let scores = column("z_score"),
            let severities = column("severity")
        else { return [] }
        return (0..<batch.count).map { row in
            let time = times.int64s[row]
            let clock = LiveView.time(time).dropFirst(11)
            let (mean, score) = (expected.doubles[row], scores.doubles[row])
            return Anomaly(
                time: time,
                text: "\(clock) \(types.string(at: row)): "
                    + "\(NumberDisplay.grouped(counts.int64s[row])) a second rather than "
                    + "\(NumberDisplay.grouped(Int(mean.rounded()))), "
                    + "\(NumberDisplay.grouped(Int(abs(score).rounded()))) deviations "
                    + "(\(severities.string(at: row)))")
        }
    }

    // MARK: Commands to copy

    private func commands(_ stage: DemoStage, _ console: Console) -> [String] {
        let option = directory == "data" ? "" : " --lake \(ShellText.word(directory))"
        let program = ShellText.word(console.program)
        let query = "\(program) query\(option)"
        let servers = stage.broker?.laterServers ?? ""
        return [
            "\(query) \"SELECT product_name, sum(views) AS views, sum(revenue) AS revenue "
                + "FROM shopsight.product_activity GROUP BY ALL ORDER BY revenue DESC LIMIT 5\"",
            "\(query) \"SELECT device_type, viewed, added_to_cart, started_checkout, purchased "
                + "FROM shopsight.funnel ORDER BY ALL\"",
            "\(query) \"SELECT * FROM shopsight.anomalies ORDER BY interval_start DESC LIMIT 5\"",
        ] + (stage.broker?.serveCommand(program).map { [$0] } ?? [])
            + ["\(program) topic consume \(Self.topic) --bootstrap-servers \(servers) --limit 3"]
    }
}
