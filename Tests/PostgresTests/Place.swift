import Connectors
import Diagnostics
import Foundation
import Language
import Planning
import Runtime
import Storage
import Synchronization
import TestKit

/// A directory with input and state, and a database, that a pipeline is run over.
final class Place: @unchecked Sendable {
    static let isFull = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1"

    let server: PostgresServer
    let url: String
    let folder: String
    let reports = Mutex<[Diagnostic]>([])
    var epochBytes = 20_000

    init(_ server: PostgresServer? = nil) throws {
        self.server = try server ?? PostgresServer.shared.get()
        url = try self.server.database("place")
        folder =
            FileManager.default.temporaryDirectory.appending(path: "millrace-postgres-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: folder + "/in", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var state: String { folder + "/state" }

    func deliver(_ lines: [String], as name: String) throws {
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: folder + "/in/" + name, atomically: true, encoding: .utf8)
    }

    static let events = "id STRING, user STRING, price DECIMAL(10, 2), n INTEGER"

    /// The stream `events` over the input, and behind it `statements`; `$url` stands for the database.
    func statements(_ statements: String, columns: String = events) -> String {
        "CREATE STREAM events (\(columns)) WITH (connector = 'files', path = '\(folder)/in', "
            + "value_format = 'JSON');\n" + statements.replacingOccurrences(of: "$url", with: url)
    }

    func plan(_ text: String, columns: String = events) throws -> PipelinePlan {
        var planner = PipelinePlanner()
        var reader = ScriptReader(
            statements(text, columns: columns), file: "test.sql", variables: Variables())
        while let statement = try reader.next() { try planner.add(statement) }
        return planner.plan
    }

    func task(
        _ text: String, columns: String = events, patience: Int? = 0, state: String? = nil
    ) throws -> PipelineTask {
        let plan = try plan(text, columns: columns)
        let fileSystem = LocalFileSystem()
        var configuration = TaskConfiguration(stateDirectory: state ?? self.state)
        configuration.epochBytes = epochBytes
        configuration.chunkBytes = max(1000, epochBytes / 4)
        configuration.patienceMilliseconds = patience
        let environment = TaskEnvironment(
            fileSystem: fileSystem, clock: { Int64(Date().timeIntervalSince1970 * 1000) },
            monotonic: { ProcessInfo.processInfo.systemUptime * 1000 },
            entropy: { UInt64.random(in: .min ... .max) })
        return PipelineTask(
            plan: plan, configuration: configuration, environment: environment,
            sources: try SourceFactory(
                fileSystem: fileSystem, journals: (state ?? self.state) + "/sources", patience: patience,
                report: { _ in }
            ).sources(of: plan),
            sinks: try SinkFactory(fileSystem: fileSystem, report: report).sinks(of: plan))
    }

    private var report: @Sendable (Diagnostic) -> Void {
        { [self] diagnostic in reports.withLock { $0.append(diagnostic) } }
    }

    func run(_ text: String, columns: String = events, state: String? = nil) throws {
        try task(text, columns: columns, state: state).run(once: true)
    }

    /// Opens a sink by itself, which makes its table.
    func open(_ sink: SinkPlan) throws {
        var plan = PipelinePlan()
        plan.sinks = [sink]
        let made = try SinkFactory(fileSystem: LocalFileSystem(), report: report).sinks(of: plan)
        let workers = WorkerPool(threads: 1)
        defer { workers.stop() }
        let context = SinkContext(
            applicationID: UUID().uuidString + "/" + sink.name, workers: workers, seed: 1,
            deadLetterDirectory: folder + "/letters")
        try made[sink.from.name]?.first?.open(context, expectedEpoch: nil, openEpoch: 1)
    }

    @discardableResult func sql(_ text: String) throws -> String { try server.sql(text, at: url) }

    /// The dead letters of sinks, parsed.
    func letters(in directory: String? = nil) throws -> [[String: Any]] {
        let directory = directory ?? state + "/dead-letters"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
        return try names.filter { $0.hasSuffix("-refused.jsonl") }.flatMap { name in
            try String(contentsOfFile: directory + "/" + name, encoding: .utf8).split(separator: "\n")
                .compactMap {
                    try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
                }
        }
    }

    static func line(_ id: Int, user: Int = 0, price: String = "1.00", n: Int = 0) -> String {
        "{\"id\":\"e\(id)\",\"user\":\"u\(user)\",\"price\":\(price),\"n\":\(n)}"
    }

    static func sink(_ name: String, from: String, _ more: String = "'auto.create' = 'true'") -> String {
        "CREATE SINK CONNECTOR \(name) WITH ('connector.class' = 'postgres', 'from' = '\(from)', "
            + "'connection.url' = '$url'\(more.isEmpty ? "" : ", " + more));\n"
    }
}
