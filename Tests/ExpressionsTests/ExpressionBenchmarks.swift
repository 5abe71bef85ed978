import Columnar
import Expressions
import Foundation
import TestKit
import Testing

private typealias Expr = Expressions.Expression

/// Nanoseconds a row, printed; set MILLRACE_BENCH_EXPRESSIONS=1 and build with `-c release`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["MILLRACE_BENCH_EXPRESSIONS"] == "1"), .serialized)
struct ExpressionBenchmarks {
    private let count = 65_536
    private let columns: [Column]
    private let types = ["page_view", "add_to_cart", "purchase", "search", "unknown"]

    init() {
        var dice = SeededGenerator(seed: 42)
        let kinds = ColumnBuilder(type: .string, capacity: 65_536)
        let numbers = ColumnBuilder(type: .integer, capacity: 65_536)
        let prices = ColumnBuilder(type: .decimal(precision: 18, scale: 4), capacity: 65_536)
        let texts = ColumnBuilder(type: .string, capacity: 65_536)
        let doubles = ColumnBuilder(type: .double, capacity: 65_536)
        let times = ColumnBuilder(type: .string, capacity: 65_536)
        for row in 0..<65_536 {
            kinds.append(dice.pick(types))
            numbers.append(Int32(dice.int(0...100)))
            prices.append(Int128(dice.int(0...99_999_999)))
            texts.append("\(dice.int(0...9999)).\(dice.int(10...99))")
            doubles.append(Double(dice.int(0...1_000_000)) / 100)
            times.append("2026-11-18T23:\(dice.int(10...59)):\(dice.int(10...59)).\(dice.int(100...999))Z")
            if row % 100 == 0 { doubles.appendNull() }
        }
        columns = [
            kinds.finish(), numbers.finish(), prices.finish(), texts.finish(),
            doubles.finish().slice(0..<65_536), times.finish(),
        ]
    }

    private func measure(_ name: String, _ expression: Expr) {
        let compiled = CompiledExpressions([expression])
        let context = EvaluationContext()
        report(name) { _ = compiled.evaluate(columns, count: count, context: context) }
    }

    private func report(_ name: String, _ body: () -> Void) {
        body()
        var best = Double.infinity
        for _ in 0..<20 {
            let start = DispatchTime.now().uptimeNanoseconds
            body()
            best = min(best, Double(DispatchTime.now().uptimeNanoseconds - start))
        }
        let padded = name.padding(toLength: 44, withPad: " ", startingAt: 0)
        print("BENCH \(padded) \(String(format: "%7.2f", best / Double(count))) ns/row")
    }

    private func column(_ index: Int) -> Expr { .column(index, columns[index].type) }

    @Test func expressions() throws {
        measure("INTEGER > constant", try .makeComparison(.greater, column(1), .makeNumber("50")))
        measure("DOUBLE > constant", try .makeComparison(.greater, column(4), .makeNumber("50.5")))
        measure("DECIMAL >= constant", try .makeComparison(.greaterOrEqual, column(2), .makeNumber("0")))
        measure("STRING = short constant", try .makeComparison(.equal, column(0), .makeString("purchase")))
        measure("IN of 4 short strings", try .makeAmong(column(0), types.prefix(4).map { .makeString($0) }))
        measure("INTEGER * INTEGER", try .makeArithmetic(.multiply, column(1), column(1)))
        measure("DOUBLE + DOUBLE", try .makeArithmetic(.add, column(4), column(4)))
        measure("DECIMAL(18,4) * INTEGER", try .makeArithmetic(.multiply, column(2), column(1)))
        measure("DECIMAL(18,4) / DECIMAL(18,4)", try .makeArithmetic(.divide, column(2), column(2)))
        measure(
            "CAST STRING AS DECIMAL(18,4)", try .makeCast(column(3), to: .decimal(precision: 18, scale: 4)))
        measure("CAST STRING AS DOUBLE", try .makeCast(column(3), to: .double))
        measure("CAST STRING AS TIMESTAMP", try .makeCast(column(5), to: .timestamp))
        measure("CAST INTEGER AS STRING", try .makeCast(column(1), to: .string))
        measure("CAST DECIMAL AS STRING", try .makeCast(column(2), to: .string))
        measure("CAST DOUBLE AS STRING", try .makeCast(column(4), to: .string))
        measure(
            "CASE with 3 branches",
            try .makeConditional(
                [
                    (try .makeComparison(.greater, column(1), .makeNumber("80")), .makeString("high")),
                    (try .makeComparison(.greater, column(1), .makeNumber("40")), .makeString("medium")),
                    (try .makeComparison(.greater, column(1), .makeNumber("20")), .makeString("low")),
                ], otherwise: .makeString("none")))
        measure(
            "LCASE(TRIM(x))", try ScalarFunctions.call("LCASE", [ScalarFunctions.call("TRIM", [column(0)])]))
        measure("LIKE '%cart%'", try .makeLike(column(0), pattern: .makeString("%cart%")))
        measure("LIKE 'bot_%'", try .makeLike(column(0), pattern: .makeString("page%")))
        measure("COALESCE(DOUBLE, 0)", try ScalarFunctions.call("COALESCE", [column(4), .makeNumber("0E0")]))
        measure("UUID()", try ScalarFunctions.call("UUID", []))
        measure(
            "FORMAT_TIMESTAMP(x, 'yyyy-MM-dd HH')",
            try ScalarFunctions.call(
                "FORMAT_TIMESTAMP", [.makeCast(column(5), to: .timestamp), .makeString("yyyy-MM-dd HH")]))
    }

    /// Over ARRAYs of eight INTEGERs.
    @Test func lambdas() throws {
        let lists = ColumnBuilder(type: .array(.integer), capacity: count)
        for row in 0..<count {
            for element in 0..<8 { lists.children[0].append(Int32((row + element) % 1000)) }
            lists.endList()
        }
        let columns = [lists.finish(), self.columns[1]]
        let list = Expr.IterationArgument.value(.column(0, columns[0].type))
        func measure(
            _ name: String, _ kind: Iteration.Kind, _ arguments: [Expr.IterationArgument],
            _ body: @escaping ([Expr]) throws -> Expr
        ) throws {
            let call = try Expr.makeIteration(kind, arguments, depth: 0) { _, parameters in
                try body(parameters)
            }
            let compiled = CompiledExpressions([call])
            let context = EvaluationContext()
            report(name) { _ = compiled.evaluate(columns, count: count, context: context) }
        }
        let one = Expr.IterationArgument.lambda(parameters: 1)
        let two = Expr.IterationArgument.lambda(parameters: 2)
        try measure("TRANSFORM(ARRAY, x => x + 1)", .transform, [list, one]) {
            try .makeArithmetic(.add, $0[0], .makeNumber("1"))
        }
        try measure("TRANSFORM(ARRAY, x => x + column)", .transform, [list, one]) {
            try .makeArithmetic(.add, $0[0], .column(1, .integer))
        }
        try measure("FILTER(ARRAY, x => x > 500)", .filter, [list, one]) {
            try .makeComparison(.greater, $0[0], .makeNumber("500"))
        }
        try measure("REDUCE(ARRAY, 0, (s, x) => s + x)", .reduce, [list, .value(.makeNumber("0")), two]) {
            try .makeArithmetic(.add, $0[0], $0[1])
        }
    }

    @Test func aggregates() throws {
        let groups = 1000
        let cases: [(String, String, Int?)] = [
            ("COUNT(*)", "COUNT", nil), ("SUM(INTEGER)", "SUM", 1), ("SUM(DECIMAL)", "SUM", 2),
            ("SUM(DOUBLE)", "SUM", 4), ("AVG(DOUBLE)", "AVG", 4), ("MAX(INTEGER)", "MAX", 1),
            ("MAX(STRING)", "MAX", 0), ("LATEST_BY_OFFSET(STRING)", "LATEST_BY_OFFSET", 0),
        ]
        for (title, name, index) in cases {
            let arguments = index.map { [columns[$0]] } ?? []
            let function = try AggregateFunctions.resolve(
                name, argumentTypes: arguments.map(\.type), literals: arguments.map { _ in nil })
            let states = Buffer(capacity: groups * function.stateBytes, zeroed: true)
            let pointers = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: count)
            let rows = UnsafeMutablePointer<Int32>.allocate(capacity: count)
            defer {
                pointers.deallocate()
                rows.deallocate()
            }
            for row in 0..<count {
                pointers[row] = states.pointer + row % groups * function.stateBytes
                rows[row] = Int32(row)
            }
            let blobs = BlobHeap()
            report(title + " update") {
                function.update(arguments, rows: rows, states: pointers, count: count, blobs: blobs)
            }
        }
    }
}
