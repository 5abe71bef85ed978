import Foundation
import Testing

/// Programs that others wrote, against the server.
@Suite("Clients of others")
struct RESTClientTests {
    private let running: RunningServer

    init() throws { running = try RunningServer() }

    private func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    private var url: String { "http://127.0.0.1:\(running.server.port)" }

    @Test func curlGetsStatementsAnswered() throws {
        let create = "CREATE STREAM c (a INT) WITH (kafka_topic='c', value_format='JSON', partitions=1);"
        let (code, output) = try run(
            "curl", ["-sS", "-X", "POST", "\(url)/ksql", "-d", "{\"ksql\": \"\(create)\"}"])
        guard code != 127 else { return }
        #expect(code == 0, "\(output)")
        #expect(output.contains("\"status\":\"SUCCESS\""))
        let (_, info) = try run("curl", ["-sSL", "\(url)/"])
        #expect(info.contains("KsqlServerInfo"))
    }

    @Test func curlThatGoesAwayEndsItsQuery() throws {
        try running.ksql("CREATE STREAM c (a INT) WITH (kafka_topic='c', value_format='JSON', partitions=1);")
        // It leaves after a second, with the exit code for a time that is up.
        let (code, output) = try run(
            "curl",
            ["-sS", "-m", "1", "\(url)/query-stream", "-d", "{\"sql\": \"SELECT * FROM c EMIT CHANGES;\"}"])
        guard code != 127 else { return }
        #expect(code == 28)
        #expect(output.contains("\"columnNames\":[\"A\"]"))
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end, !running.engine.snapshot.pushQueries.isEmpty { usleep(20_000) }
        #expect(running.engine.snapshot.pushQueries.isEmpty)
    }

    @Test func clientsOfPyPIGetTheirAnswers() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = folder.appendingPathComponent("../../..").standardizedFileURL
        let python = root.appendingPathComponent(".deps/venv/bin/python").path
        let (code, output) = try run(
            FileManager.default.isExecutableFile(atPath: python) ? python : "python3",
            [folder.appendingPathComponent("rest_clients.py").path, url])
        guard code != 127 else { return }
        #expect(code == 0, "\(output)")
    }
}
