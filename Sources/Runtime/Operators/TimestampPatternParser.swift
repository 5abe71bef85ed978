import Columnar
import Expressions

/// Reads STRING event times by a pattern such as `yyyy-MM-dd HH:mm:ss`, as PARSE_TIMESTAMP does.
final class TimestampPatternParser: @unchecked Sendable {
    private let expression: Expression

    /// nil when the pattern is none; the planner has refused those.
    init?(pattern: String) {
        let arguments: [Expression] = [.column(0, .string), .makeString(pattern)]
        guard let call = try? ScalarFunctions.call("PARSE_TIMESTAMP", arguments) else { return nil }
        expression = call
    }

    func parse(_ column: Column) -> Column {
        CompiledExpressions([expression]).evaluate([column], count: column.count, context: EvaluationContext())[0]
    }
}
