import ConnectService
import Diagnostics
import Foundation
import Language
import Server
import Testing

/// Kafka Connect's interface over a server's topics and a real database, asked by curl.
@Suite(.enabled(if: PostgresServer.isHere, Comment(rawValue: PostgresServer.isMissing)))
final class ConnectServerTests {
    private let directory = NSTemporaryDirectory() + "connect-\(UUID().uuidString)"
    private let postgres: PostgresServer
    private let url: String
    private var engine: Engine
    private var server: ConnectServer

    init() throws {
        postgres = try PostgresServer.shared.get()
        url = try postgres.database("connect")
        engine = try Self.engine(directory)
        server = try Self.server(engine)
        try run(
            """
            CREATE STREAM events (session_id STRING, user_id STRING, price DOUBLE) WITH (
              kafka_topic = 'events', value_format = 'JSON', partitions = 1);
            CREATE TABLE session_stats WITH (kafka_topic = 'session_stats_avro', value_format = 'AVRO') AS
              SELECT session_id, COUNT(*) AS n, SUM(price) AS total FROM events GROUP BY session_id;
            """)
    }

    deinit {
        server.stop()
        engine.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func engine(_ directory: String) throws -> Engine {
        var configuration = EngineConfiguration(directory: directory)
        configuration.triggerMilliseconds = 10
        return try Engine(configuration)
    }

    private static func server(_ engine: Engine) throws -> ConnectServer {
        var configuration = ConnectServerConfiguration(version: "0.1.0")
        configuration.port = 0
        return try ConnectServer(engine, configuration)
    }

    private func restart() throws {
        server.stop()
        engine.stop()
        engine = try Self.engine(directory)
        server = try Self.server(engine)
    }

    private func run(_ text: String) throws {
        var reader = ScriptReader(text)
        let session = Session(properties: ["auto.offset.reset": "earliest"])
        while let statement = try reader.next() {
            if case .insertValues(let row) = statement.kind {
                try engine.insert(row, statement, session)
            } else {
                _ = try engine.execute(statement, session)
            }
        }
    }

    private func insert(_ id: String, _ price: Int) throws {
        try run("INSERT INTO events VALUES ('\(id)', 'u1', \(price).0);")
    }

    // MARK: Requests

    private struct Answer {
        let status: Int
        let body: Any?

        subscript(_ path: String...) -> Any? { found(path) }

        func text(_ path: String...) -> String? { found(path) as? String }

        private func found(_ path: [String]) -> Any? {
            path.reduce(body) { found, name in
                guard let index = Int(name) else { return (found as? [String: Any])?[name] }
                return (found as? [Any]).flatMap { index < $0.count ? $0[index] : nil }
            }
        }
    }

    private func ask(
        _ method: String, _ path: String, _ body: Any? = nil, type: String = "application/json"
    ) throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        var arguments = [
            "-s", "--max-time", "60", "-X", method, "-w", "\n%{http_code}",
            "http://127.0.0.1:\(server.port)\(path)",
        ]
        if let body {
            let json = try JSONSerialization.data(withJSONObject: body)
            arguments += ["-H", "Content-Type: \(type)", "-d", String(decoding: json, as: UTF8.self)]
        }
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let content = lines.dropLast().joined(separator: "\n")
        let json = try? JSONSerialization.jsonObject(with: Data(content.utf8), options: .fragmentsAllowed)
        return Answer(status: lines.last.flatMap { Int($0) } ?? 0, body: json)
    }

    private func configuration(_ more: [String: String] = [:]) -> [String: String] {
        let place = url.drop { $0 != "@" }.dropFirst()
        return [
            "connector.class": "io.confluent.connect.jdbc.JdbcSinkConnector", "tasks.max": "1",
            "topics": "session_stats_avro", "connection.url": "jdbc:postgresql://\(place)",
            "connection.user": "app", "connection.password": postgres.password,
            "key.converter": "org.apache.kafka.connect.storage.StringConverter",
            "value.converter": "io.confluent.connect.avro.AvroConverter",
            "value.converter.schema.registry.url": "http://schema-registry:8081",
            "insert.mode": "upsert", "pk.mode": "record_key", "pk.fields": "session_id",
            "auto.create": "true", "table.name.format": "t_${topic}",
        ].merging(more) { $1 }
    }

    private func create(_ name: String, _ more: [String: String] = [:]) throws -> Answer {
        try ask("POST", "/connectors", ["name": name, "config": configuration(more)])
    }

    private func state(_ name: String) throws -> String? {
        try ask("GET", "/connectors/\(name)/status").text("connector", "state")
    }

    /// Whether the database says so within a minute.
    private func comes(_ expected: String, _ query: String) -> Bool {
        for _ in 0..<1200 {
            if (try? postgres.sql(query, at: url)) == expected { return true }
            usleep(50_000)
        }
        return false
    }

    private static let totals =
        "SELECT string_agg(session_id || '=' || \"TOTAL\", ' ' ORDER BY session_id) FROM t_session_stats_avro"

    // MARK: Tests

    @Test func aConnectorOfKafkaConnectWorksUnchanged() throws {
        #expect(try ask("GET", "/").text("kafka_cluster_id") == "millrace")
        try insert("a", 1)
        let made = try create("jdbc-sink")
        #expect(made.status == 201)
        #expect(made.text("config", "name") == "jdbc-sink")
        #expect(made.text("config", "connection.password") == "******")
        #expect(made.text("type") == "sink")
        #expect(made["tasks", "0", "task"] as? Int == 0)
        #expect(comes("a=1", Self.totals))
        #expect(try create("jdbc-sink").status == 409)
        #expect(try ask("GET", "/connectors").body as? [String] == ["jdbc-sink"])
        let status = try ask("GET", "/connectors/jdbc-sink/status")
        #expect(status.text("connector", "state") == "RUNNING")
        #expect(status["tasks", "0", "id"] as? Int == 0)
        let all = try ask("GET", "/connectors?expand=status&expand=info")
        #expect(all.text("jdbc-sink", "info", "config", "pk.mode") == "record_key")
        #expect(all.text("jdbc-sink", "status", "type") == "sink")
        #expect(
            try ask("GET", "/connectors/jdbc-sink/topics")["jdbc-sink", "topics", "0"] as? String
                == "session_stats_avro")
        #expect(try ask("GET", "/connectors/jdbc-sink/tasks/7/status").status == 404)
        #expect(try ask("DELETE", "/connectors/jdbc-sink").status == 204)
        #expect(try ask("GET", "/connectors/jdbc-sink").text("message") == "Connector jdbc-sink not found")
    }

    @Test func whatIsPausedStaysSoOverARestartAndGoesOnWhereItWas() throws {
        try insert("a", 1)
        #expect(try create("s").status == 201)
        #expect(comes("a=1", Self.totals))
        #expect(try ask("PUT", "/connectors/s/pause").status == 202)
        try insert("b", 2)
        try restart()
        #expect(try state("s") == "PAUSED")
        #expect(try ask("PUT", "/connectors/s/stop").status == 204)
        #expect(try state("s") == "STOPPED")
        #expect(try (ask("GET", "/connectors/s/tasks/0/status")).status == 200)
        #expect(try postgres.sql(Self.totals, at: url) == "a=1")
        #expect(try ask("PUT", "/connectors/s/resume").status == 202)
        #expect(comes("a=1 b=2", Self.totals))
        #expect(try ask("POST", "/connectors/s/restart?includeTasks=true").status == 202)
        try insert("c", 3)
        #expect(comes("a=1 b=2 c=3", Self.totals))
        // A connector that is made again under its name has its position, as with Kafka Connect.
        #expect(try ask("DELETE", "/connectors/s").status == 204)
        try insert("d", 4)
        try restart()
        #expect(try create("s").status == 201)
        #expect(comes("a=1 b=2 c=3 d=4", Self.totals))
    }

    @Test func aConfigurationThatWasReadIsPutBackWithAChange() throws {
        try insert("a", 1)
        #expect(try create("s").status == 201)
        #expect(comes("a=1", Self.totals))
        var config = try #require(try ask("GET", "/connectors/s/config").body as? [String: String])
        #expect(config["connection.password"] == "******")
        config["table.name.format"] = "elsewhere"
        #expect(try ask("PUT", "/connectors/s/config", config).status == 200)
        try insert("b", 2)
        #expect(comes("b", "SELECT string_agg(session_id, ' ') FROM elsewhere"))
        let patched = try ask("PATCH", "/connectors/s/config", ["tasks.max": NSNull(), "batch.size": "10"])
        #expect(patched.status == 200)
        #expect(patched.text("config", "batch.size") == "10")
        #expect(patched["config", "tasks.max"] == nil)
        #expect(try ask("PUT", "/connectors/new/config", configuration()).status == 201)
        try restart()
        #expect(try ask("GET", "/connectors").body as? [String] == ["new", "s"])
        try insert("c", 3)
        #expect(comes("b c", "SELECT string_agg(session_id, ' ' ORDER BY 1) FROM elsewhere"))
        #expect(comes("a=1 b=2 c=3", Self.totals))
    }

    @Test func whatStatementsMakeAndWhatRequestsMakeIsTheSame() throws {
        #expect(try create("by-request").status == 201)
        try run(
            """
            CREATE SINK CONNECTOR by_statement WITH (
              'connector.class' = 'postgres', 'from' = 'session_stats', 'connection.url' = '\(url)',
              'auto.create' = 'true', 'table.name.format' = 'other');
            """)
        #expect(try ask("GET", "/connectors").body as? [String] == ["BY_STATEMENT", "by-request"])
        #expect(
            try ask("GET", "/connectors/BY_STATEMENT").text("config", "connector.class") == "postgres")
        let url = try ask("GET", "/connectors/BY_STATEMENT/config").text("connection.url")
        #expect(url?.contains(postgres.password) == false)
        try run("DROP CONNECTOR `by-request`;")
        #expect(try ask("GET", "/connectors/by-request/status").status == 404)
    }

    @Test func whatIsWrongIsToldSettingBySetting() throws {
        let bad = try create("bad", ["insert.mod": "upsert", "batch.sise": "1", "pk.mode": "record_kee"])
        #expect(bad.status == 400)
        #expect(bad["error_code"] as? Int == 400)
        let message = try #require(bad.text("message"))
        #expect(message.contains("the following 3 error(s)"))
        for hint in [
            "did you mean 'insert.mode'?", "did you mean 'batch.size'?", "did you mean 'record_key'?",
        ] {
            #expect(message.contains(hint), "\(message)")
        }
        var config: [String: Any] = configuration(["insert.mod": "upsert"])
        config["name"] = "x"
        let path = "/connector-plugins/io.confluent.connect.jdbc.JdbcSinkConnector/config/validate"
        let result = try ask("PUT", path, config)
        #expect(result.status == 200)
        #expect(result["error_count"] as? Int == 1)
        let entries = try #require(result["configs"] as? [[String: [String: Any]]])
        let faulty = entries.filter { ($0["value"]?["errors"] as? [String])?.isEmpty == false }
        #expect(faulty.map { $0["definition"]?["name"] as? String } == ["insert.mod"])
        let password = entries.first { $0["definition"]?["name"] as? String == "connection.password" }
        #expect(password?["value"]?["value"] as? String == "******")
        config["insert.mod"] = nil
        #expect(try ask("PUT", path, config)["error_count"] as? Int == 0)
        #expect(try ask("GET", "/connectors").body as? [String] == [])
        #expect(try ask("POST", "/connectors", config, type: "text/plain").status == 415)
        #expect(try ask("GET", "/nothing").status == 404)
        #expect(try ask("POST", "/connectors/x").status == 405)
    }

    /// It runs, and says since when it waits.
    @Test func aDatabaseThatIsAwayIsWaitedFor() throws {
        #expect(try create("s", ["connection.url": "jdbc:postgresql://127.0.0.1:1/none"]).status == 201)
        try insert("a", 1)
        var trace: String?
        for _ in 0..<600 where trace == nil {
            usleep(50_000)
            trace = try ask("GET", "/connectors/s/tasks/0/status").text("trace")
        }
        #expect(trace?.hasPrefix("RETRYING since 20") == true, "\(trace ?? "no trace")")
        #expect(try state("s") == "RUNNING")
        #expect(try ask("PUT", "/connectors/s/config", configuration()).status == 200)
        #expect(comes("a=1", Self.totals))
    }
}
