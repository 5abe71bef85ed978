import Columnar
import Expressions
import TestKit
import Testing

private typealias Expr = Expressions.Expression

/// TRANSFORM, FILTER and REDUCE against a model that goes through the elements one by one.
@Suite struct LambdaTests {
    @Test(arguments: 0..<150)
    func lambdasAgreeWithTheModelOfEachElement(seed: Int) {
        var random = RandomExpressions(seed: UInt64(seed) + 50_000)
        let count = random.dice.pick([0, 1, 3, 64, 65, 130])
        let columns = random.columns(count: count)
        let rows = (0..<count).map { row in columns.map { $0.value(at: row) } }
        let types = [
            DataType.array(.integer), .map(key: .string, value: .bigint), .bigint, .string, .boolean,
        ]
        var expressions: [Expr] = []
        for type in types + types {
            if let made = random.iteration(type, depth: random.dice.int(1...4)) { expressions.append(made) }
        }
        let results = CompiledExpressions(expressions).evaluate(
            columns, count: count, context: EvaluationContext())
        for (expression, result) in zip(expressions, results) {
            #expect(result.count == count && result.type == expression.type)
            checkNullSlots(result)
            for row in 0..<count {
                let expected = RowModel(row: rows[row]).value(expression)
                guard result.value(at: row) != expected else { continue }
                Issue.record(
                    "seed \(seed), row \(row): \(result.value(at: row)) is not \(expected) of \(expression)")
                return
            }
        }
    }

    /// Errors are a row's, whatever stands beside it in the batch.
    @Test(arguments: 0..<40)
    func lambdasDoNotDependOnTheBatch(seed: Int) {
        var random = RandomExpressions(seed: UInt64(seed) + 60_000)
        let columns = random.columns(count: 70)
        let types = [DataType.array(.integer), .map(key: .string, value: .bigint), .bigint]
        var expressions: [Expr] = []
        for type in types {
            if let made = random.iteration(type, depth: 3) { expressions.append(made) }
        }
        let compiled = CompiledExpressions(expressions)
        let errors = EvaluationContext()
        let whole = compiled.evaluate(columns, count: 70, context: errors)
        let singleErrors = EvaluationContext()
        for row in 0..<70 {
            let slices = columns.map { $0.slice(row..<row + 1) }
            let one = compiled.evaluate(slices, count: 1, context: singleErrors)
            for (index, column) in one.enumerated() {
                #expect(column.value(at: 0) == whole[index].value(at: row), "seed \(seed), row \(row)")
            }
        }
        #expect(singleErrors.errorsByReason == errors.errorsByReason, "seed \(seed)")
    }

    @Test func anElementThatFailsTakesItsRowAlone() throws {
        let rows = SQLCase([
            (
                "A", .array(.integer),
                [.array([.integer(3), .integer(0)]), .array([.integer(5)]), .array([]), .null]
            )
        ])
        let quotient = try Expr.makeIteration(
            .transform, [.value(rows["A"]), .lambda(parameters: 1)], depth: 0
        ) {
            try .makeArithmetic(.divide, .literal(.integer(10), .integer), $1[0])
        }
        #expect(rows.evaluate(quotient) == [.null, .array([.integer(2)]), .array([]), .null])
        #expect(rows.context.errorsByReason == [.divisionByZero: 1])
    }

    @Test func randomValuesDifferByElementAndRepeat() throws {
        let array = Value.array(Array(repeating: .integer(1), count: 50))
        let rows = SQLCase([("A", .array(.integer), Array(repeating: array, count: 3))])
        let call = try Expr.makeIteration(.transform, [.value(rows["A"]), .lambda(parameters: 1)], depth: 0) {
            _, _ in try ScalarFunctions.call("RANDOM", [])
        }
        let values = rows.evaluate(call)
        let all = values.flatMap { if case .array(let elements) = $0 { elements } else { [] } }
        #expect(Set(all.map { "\($0)" }).count == 150)
        #expect(rows.evaluate(call) == values)
    }

    @Test func lambdasThatDoNotFitAreRefused() throws {
        let array = Expr.column(0, .array(.integer))
        func refusal(_ kind: Iteration.Kind, _ arguments: [Expr.IterationArgument]) -> TypeError? {
            #expect(throws: TypeError.self) {
                try Expr.makeIteration(kind, arguments, depth: 0) { $1[0] }
            }
        }
        #expect(refusal(.transform, [.value(array)])?.code == .invalidArgument)
        #expect(refusal(.transform, [.value(array), .lambda(parameters: 2)])?.code == .invalidArgument)
        #expect(refusal(.filter, [.value(array), .lambda(parameters: 1)])?.code == .invalidArgument)
        #expect(refusal(.reduce, [.value(array), .lambda(parameters: 2)])?.code == .invalidArgument)
        #expect(
            refusal(.reduce, [.value(array), .value(.null), .lambda(parameters: 2)])?.hint?.contains("CAST")
                == true)
    }

    /// A literal lends the state its type only where the lambda gives none that is wider.
    @Test func aLiteralStateWidens() throws {
        let rows = SQLCase([("A", .array(.bigint), [.array([.bigint(5_000_000_000), .bigint(1)])])])
        let sum = try Expr.makeIteration(
            .reduce, [.value(rows["A"]), .value(.literal(.integer(0), .integer)), .lambda(parameters: 2)],
            depth: 0
        ) { try .makeArithmetic(.add, $1[0], $1[1]) }
        #expect(rows.evaluate(sum) == [.bigint(5_000_000_001)])
    }
}
