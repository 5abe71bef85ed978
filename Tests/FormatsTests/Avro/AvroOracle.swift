import Foundation

@testable import Formats

/// What fastavro writes and reads of random schemas and values.
struct AvroOracle {
    struct Case {
        let schema: AvroSchema
        let reader: AvroSchema?
        /// Encoded values and what they are as JSON.
        let values: [(bytes: [UInt8], json: JSONValue)]
    }

    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let python = package.appendingPathComponent(".deps/venv/bin/python")

    static let isThere: Bool = {
        guard FileManager.default.isExecutableFile(atPath: python.path) else { return false }
        return (try? run(["-c", "import fastavro"])) != nil
    }()

    static let missing = "no fastavro: run scripts/setup --tests"

    enum Failure: Error { case failed(String) }

    private static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = python
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failure.failed(arguments.joined(separator: " ")) }
        return data
    }

    /// - Parameter mode: `columns` for schemas that have SQL types, `any`, or `readers` for resolution.
    static func cases(_ mode: String, seed: UInt64, count: Int) throws -> [Case] {
        let script = package.appendingPathComponent("Tests/FormatsTests/Avro/avro_oracle.py").path
        let data = try run([script, String(seed), String(count), mode])
        return try data.split(separator: UInt8(ascii: "\n")).map { line in
            let json = try JSONValue(parsing: [UInt8](line))
            let reader = json["reader"]?.members == nil ? nil : json["reader"]
            return Case(
                schema: try AvroSchema(json["schema"] ?? .null),
                reader: try reader.map { try AvroSchema($0) },
                values: (json["cases"]?.array ?? []).map { value in
                    (bytes(value["bytes"]?.string ?? ""), value["value"] ?? .null)
                })
        }
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8).map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// Whether two documents say the same: numbers by value, and texts that stand for decimals.
    static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number(let text), .string(let other)): return text == other
        case (.number(let text), .number(let other)):
            return text == other || Double(text) == Double(other) && left.int64 == right.int64
        case (.array(let list), .array(let others)):
            return list.count == others.count && zip(list, others).allSatisfy { isSame($0, $1) }
        case (.object(let list), .object(let others)):
            return list.count == others.count
                && list.allSatisfy { member in
                    right[member.name].map { isSame(member.value, $0) } ?? false
                }
        default: return left == right
        }
    }
}
