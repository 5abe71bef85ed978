import Columnar
import Expressions
import Testing

/// Columns by name, and the evaluation of expressions over them.
struct SQLCase {
    var names: [String] = []
    var columns: [Column] = []
    var count = 0
    let context = EvaluationContext(clock: 1_700_000_000_000, seed: 7)

    init(_ fields: [(String, DataType, [Value])]) {
        for (name, type, values) in fields {
            let builder = ColumnBuilder(type: type)
            for value in values { builder.append(value) }
            names.append(name)
            columns.append(builder.finish())
            count = values.count
        }
    }

    subscript(name: String) -> Expressions.Expression {
        let index = names.firstIndex(of: name)!
        return .column(index, columns[index].type)
    }

    func evaluate(_ expression: Expressions.Expression) -> [Value] {
        let column = CompiledExpressions([expression]).evaluate(columns, count: count, context: context)[0]
        #expect(column.count == count)
        #expect(column.type == expression.type)
        checkNullSlots(column)
        return (0..<count).map { column.value(at: $0) }
    }
}

/// The rule that NULL slots are zero or empty, which fingerprints rely on.
func checkNullSlots(_ column: Column, sourceLocation: SourceLocation = #_sourceLocation) {
    for row in 0..<column.count where !column.isValid(row) {
        switch column.type {
        case .boolean: #expect(!column.booleans[row], sourceLocation: sourceLocation)
        case .integer, .date, .time: #expect(column.int32s[row] == 0, sourceLocation: sourceLocation)
        case .bigint, .timestamp, .double:
            #expect(column.int64s[row] == 0, sourceLocation: sourceLocation)
        case .decimal: #expect(column.decimals[row] == 0, sourceLocation: sourceLocation)
        case .string, .bytes:
            #expect(column.views[row].low == 0 && column.views[row].high == 0, sourceLocation: sourceLocation)
        case .array, .map:
            #expect(column.offsets[row] == column.offsets[row + 1], sourceLocation: sourceLocation)
        case .structure:
            for child in column.children { #expect(!child.isValid(row), sourceLocation: sourceLocation) }
        }
    }
    for child in column.children { checkNullSlots(child, sourceLocation: sourceLocation) }
}

func decimal(_ text: String) -> Value {
    var text = text
    let parsed = text.withUTF8 { Decimals.parse(UnsafeRawBufferPointer($0)) }!
    return .decimal(parsed.unscaled, scale: parsed.scale)
}
