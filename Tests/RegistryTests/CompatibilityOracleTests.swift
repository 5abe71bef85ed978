import Formats
import Foundation
import Testing

/// Verdicts on random pairs of schemas against those of Apache's own Python library.
@Suite struct CompatibilityOracleTests {
    private static let isFull = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1"

    private static func pairs(seed: Int, count: Int) throws -> [JSONValue]? {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = folder.appendingPathComponent("../..").standardizedFileURL
        let process = Process()
        process.executableURL = root.appendingPathComponent(".deps/venv/bin/python")
        process.arguments = [folder.appendingPathComponent("avro_pairs.py").path, "\(seed)", "\(count)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test(arguments: isFull ? Array(1...20) : [1]) func verdictsAreTheSame(seed: Int) throws {
        let pairs = try #require(
            try Self.pairs(seed: seed, count: Self.isFull ? 2000 : 500),
            "the package avro is missing: scripts/setup --tests installs it")
        for pair in pairs {
            let reader = try #require(pair["reader"])
            let writer = try #require(pair["writer"])
            let differences = AvroCompatibility.differences(
                reader: try AvroSchema(reader), writer: try AvroSchema(writer))
            #expect(
                differences.isEmpty == pair["compatible"]?.boolean,
                "seed \(seed): \(reader) reads \(writer)? \(differences)")
        }
    }
}
