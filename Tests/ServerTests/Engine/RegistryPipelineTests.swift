import Broker
import Formats
import Foundation
import Registry
import RegistryService
import Testing

@testable import Server

/// Messages of a producer with a registry, through the server and back.
@Suite struct RegistryPipelineTests {
    private let server: TestServer

    init() throws { server = try TestServer() }

    private func served() throws -> RegistryServer {
        var configuration = RegistryServerConfiguration(version: "0.1.0")
        configuration.port = 0
        return try RegistryServer(try #require(server.engine.registry), configuration)
    }

    /// The lines that the producer prints.
    private func producer(_ registry: RegistryServer, _ arguments: [String]) throws -> [String] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let process = Process()
        // The link itself: by it Python finds its packages.
        let root = folder.appendingPathComponent("../../..").standardizedFileURL
        process.executableURL = root.appendingPathComponent(".deps/venv/bin/python")
        process.arguments =
            [folder.appendingPathComponent("registry_producer.py").path, "http://127.0.0.1:\(registry.port)"]
            + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(arguments): \(output)")
        return output.split(separator: "\n").map(String.init)
    }

    private func send(_ messages: [String]) throws {
        for message in messages {
            let record = TopicRecord(value: Self.bytes(message), timestamp: 1000)
            try server.engine.topics.store.append(record, to: "clicks")
        }
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        var digits = hex[...]
        var bytes: [UInt8] = []
        while let byte = UInt8(digits.prefix(2), radix: 16) {
            bytes.append(byte)
            digits = digits.dropFirst(2)
        }
        return bytes
    }

    private func reaches(_ rows: [String]) -> Bool {
        TestServer.waits { (try? server.pull("SELECT ID, N FROM made;"))?.sorted() == rows }
    }

    /// Values in the topic MADE, as hex.
    private func written() throws -> [String] {
        let reader = try server.engine.topics.store.reader("MADE")
        let end = try reader.bounds(0).end
        var values: [String] = []
        var offset: Int64 = 0
        // A read ends where a file of the log does.
        while offset < end {
            let fetched = try reader.read(0, from: offset, maximumBytes: 1 << 20)
            values += try fetched.records().compactMap { entry in
                entry.record.value?.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
            }
            guard fetched.nextOffset > offset else { break }
            offset = fetched.nextOffset
        }
        return values
    }

    @Test func schemasComeAndChangeWhileAQueryRuns() throws {
        var registry = try served()
        let first = try producer(registry, ["first"])
        try server.run(
            """
            CREATE STREAM clicks WITH (kafka_topic = 'clicks', value_format = 'AVRO', partitions = 1);
            CREATE STREAM made AS SELECT * FROM clicks;
            """)
        try send(first)
        #expect(reaches(["a 1", "ü NULL"]))
        // A field more, with a default: the query takes the fields that it knows.
        try send(try producer(registry, ["second"]))
        #expect(reaches(["a 1", "b 2", "ü NULL"]))
        registry.stop()
        try server.restart()
        registry = try served()
        // The stream keeps the columns that it was made with.
        let columns = server.engine.snapshot.plan.catalogue.relation("CLICKS")?.columns.map(\.name)
        #expect(columns == ["ID", "N"])
        #expect(server.engine.registry?.versions("clicks-value").map(\.version) == [1, 2])
        // What has no value for a column is a dead letter, and the query goes on.
        try send(try producer(registry, ["incompatible"]))
        try send(first)
        #expect(reaches(["a 1", "a 1", "b 2", "ü NULL", "ü NULL"]))
        let letters = server.engine.snapshot.queries.map(\.status.deadLetters).reduce(0, +)
        #expect(letters == 1)
        let read = try producer(registry, ["read"] + written())
        #expect(read.first == #"{"ID": "a", "N": 1}"#)
        #expect(read.count == 5)
        registry.stop()
    }

    @Test func aSubjectThatWentDoesNotTakeAStreamAlong() throws {
        try server.run(
            """
            CREATE STREAM s (id STRING, n INT) WITH (
              kafka_topic = 's', value_format = 'AVRO', partitions = 1);
            CREATE STREAM made AS SELECT id, n FROM s;
            INSERT INTO s VALUES ('x', 1);
            """)
        #expect(reaches(["x 1"]))
        try server.engine.registry?.delete("s-value")
        try server.restart()
        #expect(server.engine.snapshot.refused.isEmpty)
        try server.run("INSERT INTO s VALUES ('y', 2);")
        #expect(reaches(["x 1", "y 2"]))
        #expect(server.engine.registry?.subjects() == ["MADE-value"])
    }
}
