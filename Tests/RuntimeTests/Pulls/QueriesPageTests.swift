import Columnar
import Diagnostics
import Formats
import Foundation
import Language
import Planning
import Runtime
import Testing

@testable import Connectors
@testable import TestRunner

/// The queries in docs/sql/queries.md give the answers that stand below them.
@Suite struct QueriesPageTests {
    private struct Block {
        let kind: String
        let text: String
    }

    private static func blocks() throws -> [Block] {
        let page = QueryOracle.packageRoot.appending(path: "docs/sql/queries.md")
        var blocks: [Block] = []
        var open: (kind: String, lines: [Substring])?
        for line in try String(contentsOf: page, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(Block(kind: block.kind, text: block.lines.joined(separator: "\n")))
                    open = nil
                } else {
                    open = (String(line.dropFirst(3)), [])
                }
            } else {
                open?.lines.append(line)
            }
        }
        return blocks
    }

    /// Header and rows, cell by cell.
    private static func cells(_ text: String) -> [[String]] {
        text.split(separator: "\n").map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test func `every query gives what the page says`() throws {
        var planner = PipelinePlanner()
        var messages: [String: [MemoryRecord]] = [:]
        let blocks = try Self.blocks()
        for block in blocks where block.kind == "sql" || block.kind == "sql rows" {
            var reader = ScriptReader(block.text)
            while let statement = try reader.next() {
                guard case .insertValues(let row) = statement.kind else {
                    try planner.add(statement)
                    continue
                }
                let (name, message) = try Self.message(row, statement, planner)
                messages[name, default: []].append(message)
            }
        }
        let run = try PullRun(planner, messages: messages)
        var count = 0
        for (block, answer) in zip(blocks, blocks.dropFirst()) {
            guard block.kind == "sql pull" || block.kind == "sql push", answer.kind.isEmpty else { continue }
            count += 1
            let found =
                block.kind == "sql pull"
                ? try Self.pulled(block.text, run) : try Self.pushed(block.text, planner, messages)
            var (given, wanted) = (found, Self.cells(answer.text))
            #expect(given.first == wanted.first, "\(block.text)")
            if block.kind == "sql pull", !block.text.contains("ORDER BY") {
                given = given.sorted { $0.description < $1.description }
                wanted = wanted.sorted { $0.description < $1.description }
            }
            #expect(given == wanted, "\(block.text)")
        }
        #expect(count > 7)
    }

    private static func message(
        _ row: InsertValues, _ statement: Statement, _ planner: PipelinePlanner
    ) throws -> (String, MemoryRecord) {
        let given = try planner.insertedRow(
            row, in: statement, allowing: [.rowTime], clock: PullRun.clock)
        let topic = try #require(given.relation.topic)
        var time = PullRun.clock
        if case .bigint(let given) = given.pseudoValues[.rowTime] { time = given }
        let codec = TopicCodec(relation: given.relation, topic: topic, registry: planner.plan.registry)
        return (given.relation.name, codec.message(given.complete, eventTime: time))
    }

    private static func pulled(_ text: String, _ run: PullRun) throws -> [[String]] {
        let answer = try run.answer(text)
        return [answer.columns.map(\.name)]
            + (0..<answer.count).map { row in
                answer.values.map { Self.cell($0.value(at: row)) }
            }
    }

    private static func cell(_ value: Value) -> String {
        let text = QueryOracle.cell(value)
        return text.hasPrefix("'") ? String(text.dropFirst().dropLast()) : text
    }

    private static func pushed(
        _ text: String, _ planner: PipelinePlanner, _ messages: [String: [MemoryRecord]]
    ) throws -> [[String]] {
        var planner = planner
        var reader = ScriptReader("SET 'emit.per.record' = 'true';" + text)
        var plan: AnswerPlan?
        while let statement = try reader.next() {
            guard case .query(let query) = statement.kind else {
                try planner.add(statement)
                continue
            }
            plan = try planner.answer(query, in: statement, hidden: "HIDDEN")
        }
        let asked = try #require(plan)
        var name = asked.source.name
        if case .source = asked.source.origin {
            var reader = ScriptReader("CREATE STREAM seen AS SELECT * FROM `\(name)`;")
            if let statement = try reader.next() { try planner.add(statement) }
            name = "SEEN"
        }
        let pipeline = MemoryPipeline()
        for (relation, records) in messages.sorted(by: { $0.key < $1.key }) {
            for record in records { pipeline.add(record, to: relation) }
        }
        try pipeline.run(planner.plan)
        let answer = QueryAnswer(asked, records: pipeline.output(of: name), nil, clock: PullRun.clock)
        return [asked.columns.map(\.name)]
            + answer.rows.map { row in row.values.map { $0.string ?? $0.text } }
    }
}
