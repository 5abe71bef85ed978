import Connectors
import Formats
import Foundation
import Planning

@testable import TestRunner

/// A script with its input and what must come of it, in one SQL file.
///
/// ```
/// CREATE STREAM …;
/// --- input EVENTS          lines of a file
/// -- {"id": 1}
/// --- messages EVENTS       messages of a topic: key, value, timestamp, partition
/// -- {"key": "a", "value": {"id": 1}, "timestamp": 5, "partition": 1}
/// -- {"key": "a", "bytes": "00ff", "timestamp": 5}
/// --- records               messages of several topics, in the order in which they are taken
/// -- {"topic": "events", "key": "a", "value": {"id": 1}, "timestamp": 5}
/// --- output TOTALS         rows of a stream in order, of a table in any
/// -- {"ID": 1, "TOTAL": 2}
/// --- dead letters          code and offset of each
/// -- {"code": "malformed_json", "offset": 9}
/// --- counts TOTALS         of the query that makes it
/// -- {"late": 1}
/// --- fails
/// -- a part of the message
/// ```
struct GoldenScript {
    struct Section {
        let title: String
        let lines: [String]
    }

    let name: String
    let text: String
    let sections: [Section]

    static var all: [GoldenScript] {
        get throws {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("Golden")
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                .filter { $0.hasSuffix(".sql") }
                .map {
                    try GoldenScript(
                        name: $0, text: String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
                    )
                }
        }
    }

    init(name: String, text: String) {
        self.name = name
        self.text = text
        var sections: [Section] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("--- ") {
                sections.append(Section(title: String(line.dropFirst(4)), lines: []))
            } else if line.hasPrefix("-- "), let last = sections.popLast() {
                sections.append(Section(title: last.title, lines: last.lines + [String(line.dropFirst(3))]))
            }
        }
        self.sections = sections
    }

    /// The lines of each section `<kind> NAME`, by name.
    func lines(_ kind: String) -> [(name: String, lines: [String])] {
        sections.filter { $0.title.hasPrefix(kind + " ") }.map {
            (String($0.title.dropFirst(kind.count + 1)), $0.lines)
        }
    }

    func lines(of title: String) -> [String]? { sections.first { $0.title == title }?.lines }

    /// The script with its input.
    func run() throws -> PipelineRun {
        guard let lines = lines(of: "records") else {
            return PipelineRun(statements: text, inputs: try inputs())
        }
        let plan = try PipelineRun.plan(text)
        var messages: [String: [MemoryRecord]] = [:]
        var order: [String] = []
        for line in lines {
            let record = QueryTest.Record(try JSONValue(parsing: line))
            for name in plan.catalogue.order {
                guard let relation = plan.catalogue.relation(name), case .source = relation.origin,
                    let topic = relation.topic, topic.name == record.topic
                else { continue }
                let codec = TopicCodec(relation: relation, topic: topic)
                messages[name, default: []].append(
                    MemoryRecord(
                        key: try codec.key(record), value: try codec.value(record),
                        timestamp: record.timestamp ?? 0))
                order.append(name)
            }
        }
        return PipelineRun(
            statements: text, inputs: messages.mapValues { .messages($0) }, order: order)
    }

    private func inputs() throws -> [String: PipelineRun.Input] {
        var inputs: [String: PipelineRun.Input] = [:]
        for (name, lines) in lines("input") { inputs[name] = .lines(lines) }
        let messages = lines("messages")
        guard !messages.isEmpty else { return inputs }
        let plan = try PipelineRun.plan(text)
        for (name, lines) in messages {
            guard let relation = plan.catalogue.relation(name), let topic = relation.topic else { continue }
            let codec = TopicCodec(relation: relation, topic: topic, registry: plan.registry)
            inputs[name] = .messages(
                try lines.map { line in
                    let json = try JSONValue(parsing: line)
                    let record = QueryTest.Record(json)
                    return MemoryRecord(
                        key: try codec.key(record),
                        value: try json["bytes"]?.string.map(Self.bytes) ?? codec.value(record),
                        timestamp: record.timestamp ?? 0, partition: json["partition"]?.int ?? 0)
                })
        }
        return inputs
    }

    /// The differences of one run from what the file says.
    func differences(_ outcome: PipelineRun.Outcome) throws -> [String] {
        var found: [String] = []
        func compare(_ what: String, _ actual: [String], _ expected: [String]) {
            if actual == expected { return }
            found.append(
                "\(what):\n  expected\n" + expected.map { "    \($0)\n" }.joined() + "  got\n"
                    + actual.map { "    \($0)\n" }.joined())
        }
        if let failure = outcome.failure {
            let expected = lines(of: "fails")?.first
            if expected.map({ failure.message.contains($0) }) ?? false { return [] }
            return ["stopped: \(failure.oneLine)"]
        } else if lines(of: "fails") != nil {
            found.append("it did not fail")
        }
        for (name, lines) in lines("output") {
            let isTable = outcome.plan.catalogue.relation(name)?.kind == .table
            let expected = try lines.map { try Self.normal($0) }
            compare(
                "output \(name)", try outcome.rows(name).map { try Self.normal($0) }.sortedIf(isTable),
                expected.sortedIf(isTable))
        }
        if let lines = lines(of: "dead letters") {
            let letters = outcome.deadLetters.map { letter in
                JSONValue.object([
                    .init("code", letter["code"] ?? .null), .init("offset", letter["offset"] ?? .null),
                ]).text
            }
            compare("dead letters", letters, try lines.map { try Self.normal($0) })
        }
        for (name, lines) in lines("counts") {
            let count = outcome.status.relations.first { $0.name == name }
            let expected = try JSONValue(parsing: lines.joined())
            let actual: [JSONValue.Member] = (expected.members ?? []).map { member in
                let number =
                    member.name == "late"
                    ? count?.late : member.name == "duplicates" ? count?.duplicates : count?.rows
                return .init(member.name, .number(number ?? -1))
            }
            compare("counts \(name)", [JSONValue.object(actual).text], [expected.text])
        }
        return found
    }

    /// Two hexadecimal digits for each byte.
    private static func bytes(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func normal(_ line: String) throws -> String { try JSONValue(parsing: line).text }
}

extension [String] {
    fileprivate func sortedIf(_ condition: Bool) -> [String] { condition ? sorted() : self }
}
