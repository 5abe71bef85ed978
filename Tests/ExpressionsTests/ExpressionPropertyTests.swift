import Columnar
import Expressions
import Testing

/// Kernels against the row model, over random columns with NULLs.
@Suite struct ExpressionPropertyTests {
    @Test(arguments: 0..<300)
    func kernelsAgreeWithTheRowModel(seed: Int) {
        var random = RandomExpressions(seed: UInt64(seed))
        let count = random.dice.pick([0, 1, 3, 63, 64, 65, 130])
        let columns = random.columns(count: count)
        let rows = (0..<count).map { row in columns.map { $0.value(at: row) } }
        let expressions = random.types.flatMap { type in
            [random.expression(type, depth: 1), random.expression(type, depth: 3)]
        }
        let compiled = CompiledExpressions(expressions)
        let context = EvaluationContext()
        let results = compiled.evaluate(columns, count: count, context: context)
        for (expression, result) in zip(expressions, results) {
            #expect(result.count == count && result.type == expression.type)
            checkNullSlots(result)
            for row in 0..<count {
                let expected = RowModel(row: rows[row]).value(expression)
                let actual = result.value(at: row)
                guard actual != expected else { continue }
                Issue.record(
                    """
                    seed \(seed), row \(row): \(actual) is not \(expected)
                    of \(expression) over \(rows[row])
                    """
                )
                return
            }
        }
    }

    @Test(arguments: 1000..<1060)
    func answersDoNotDependOnTheBatch(seed: Int) {
        var random = RandomExpressions(seed: UInt64(seed))
        let count = 70
        let columns = random.columns(count: count)
        let expressions = random.types.map { random.expression($0, depth: 3) }
        let compiled = CompiledExpressions(expressions)
        let whole = compiled.evaluate(columns, count: count, context: EvaluationContext())
        let wholeErrors = EvaluationContext()
        _ = compiled.evaluate(columns, count: count, context: wholeErrors)
        let singleErrors = EvaluationContext()
        for row in 0..<count {
            let slices = columns.map { $0.slice(row..<row + 1) }
            let one = compiled.evaluate(slices, count: 1, context: singleErrors)
            for (index, column) in one.enumerated() where column.value(at: 0) != whole[index].value(at: row) {
                Issue.record(
                    """
                    seed \(seed), row \(row): \(column.value(at: 0)) alone,
                    \(whole[index].value(at: row)) among others, of \(expressions[index])
                    """)
            }
        }
        #expect(singleErrors.errorsByReason == wholeErrors.errorsByReason, "seed \(seed)")
    }

    @Test(arguments: 2000..<2040)
    func selectionIsTheTrueRows(seed: Int) {
        var random = RandomExpressions(seed: UInt64(seed))
        let columns = random.columns(count: 100)
        let predicate = random.expression(.boolean, depth: 3)
        let compiled = CompiledExpressions([predicate])
        let selection = compiled.select(columns, count: 100, context: EvaluationContext())
        let values = compiled.evaluate(columns, count: 100, context: EvaluationContext())[0]
        let expected = (0..<100).filter { values.value(at: $0) == .boolean(true) }
        #expect((0..<selection.count).map { Int(selection.rows[$0]) } == expected, "seed \(seed)")
    }
}
