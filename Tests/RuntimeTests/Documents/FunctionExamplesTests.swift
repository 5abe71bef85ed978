import Columnar
import Diagnostics
import Expressions
import Foundation
import Language
import Testing

@testable import Planning

/// Each example on the page of functions gives what the page says.
@Suite struct FunctionExamplesTests {
    private typealias Typed = Expressions.Expression

    private static func examples() throws -> [FunctionExample] {
        FunctionExample.all(in: try DocumentPage("docs/sql/functions.md").text)
    }

    @Test func eachFunctionHasAnExample() throws {
        let examples = try Self.examples()
        #expect(examples.count > 140)
        for example in examples {
            #expect(!example.results.isEmpty, "\(example.name) has no example")
            #expect(example.call.contains(example.name + "("), "\(example.name) is not in \(example.call)")
        }
    }

    @Test func examplesGiveWhatThePageSays() throws {
        for example in try Self.examples() {
            do {
                let given =
                    example.columns.isEmpty
                    ? try scalar(example) : try aggregate(example, try columns(of: example))
                let text = example.results.joined(separator: ", ")
                let wanted = try projected(example.makesRows ? "ARRAY[\(text)]" : text)
                let isSame = try Typed.makeDistinct(given, from: wanted, negated: true)
                let (value, expected) = (evaluated(given), evaluated(wanted))
                #expect(
                    evaluated(isSame) == .boolean(true), "\(example.call) gives \(value), not \(expected)")
            } catch let error as Diagnostic {
                Issue.record("\(example.name): \(error.rendered())")
            }
        }
    }

    /// What the page has no room for: edges, and what ksqlDB's documentation gives as examples.
    @Test func edgesOfFunctions() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Golden/functions.txt")
        let text = try String(contentsOf: file, encoding: .utf8)
        for line in text.split(separator: "\n") {
            let parts = line.components(separatedBy: " -- ")
            do {
                let (given, wanted) = (try projected(parts[0]), try projected(parts[1]))
                let isSame = evaluated(try Typed.makeDistinct(given, from: wanted, negated: true))
                #expect(
                    isSame == .boolean(true),
                    "\(parts[0]) gives \(evaluated(given)), not \(evaluated(wanted))")
            } catch let error as Diagnostic {
                Issue.record("\(line): \(error.rendered())")
            }
        }
    }

    // MARK: Values

    private func evaluated(_ expression: Typed) -> Value {
        CompiledExpressions([expression]).evaluate([], count: 1, context: EvaluationContext())[0].value(at: 0)
    }

    private func plan(_ query: String, columns: String = "g INT") throws -> QueryPlan {
        var planner = PipelinePlanner()
        var reader = ScriptReader(
            """
            CREATE STREAM s (\(columns)) WITH (connector = 'files', path = 'd', value_format = 'JSON');
            \(query);
            """)
        while let statement = try reader.next() { try planner.add(statement) }
        return try #require(planner.plan.queries.first)
    }

    private func projected(_ text: String) throws -> Typed {
        if text == "NULL" { return .null }
        guard case .projection(let all) = try plan("CREATE STREAM t AS SELECT \(text) AS a FROM s").shape
        else { throw Unfit() }
        return all[0]
    }

    private func scalar(_ example: FunctionExample) throws -> Typed {
        guard example.makesRows else { return try projected(example.call) }
        let rows = try plan("CREATE STREAM t AS SELECT \(example.call) AS a FROM s").tableFunctions
        return try #require(rows.first).argument
    }

    private func columns(of example: FunctionExample) throws -> [(name: String, column: Column)] {
        try example.columns.map { name, values in
            let array = try projected("ARRAY[\(values)]")
            let lists = CompiledExpressions([array]).evaluate([], count: 1, context: EvaluationContext())
            return (name, lists[0].children[0])
        }
    }

    /// The result of one group that has all rows.
    private func aggregate(
        _ example: FunctionExample, _ columns: [(name: String, column: Column)]
    ) throws -> Typed {
        let declared = columns.map { "\($0.name) \($0.column.type.sql)" }.joined(separator: ", ")
        let plan = try plan(
            "CREATE TABLE t AS SELECT g, \(example.call) AS a FROM s GROUP BY g",
            columns: "g INT, " + declared)
        guard case .aggregation(let aggregation) = plan.shape else { throw Unfit() }
        let call = try #require(aggregation.aggregates.first)
        let count = columns[0].column.count
        let rows = (0..<plan.input.width).map { place in
            columns.first { column in
                plan.input.columns.indices.contains(place)
                    && plan.input.columns[place].name == column.name.uppercased()
            }?.column ?? .nulls(.bigint, count: count)
        }
        let arguments = CompiledExpressions(call.arguments).evaluate(
            rows, count: count, context: EvaluationContext())
        let function = call.function
        let blobs = BlobHeap()
        let state = Buffer(capacity: function.stateBytes, zeroed: true)
        var folded = Array(0..<Int32(count))
        if function.countsDistinct {
            // Whoever calls keeps the set.
            folded = folded.filter { row in
                !(0..<row).contains { arguments[0].value(at: Int($0)) == arguments[0].value(at: Int(row)) }
            }
        }
        let states = Array(repeating: state.pointer, count: folded.count)
        function.update(arguments, rows: folded, states: states, count: folded.count, blobs: blobs)
        let result = function.results([state.pointer], count: 1, blobs: blobs).value(at: 0)
        for offset in function.blobOffsets { blobs.release(at: state.pointer + offset) }
        return .literal(result, function.resultType)
    }

    private struct Unfit: Error {}
}
