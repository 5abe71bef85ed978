import Columnar
import Expressions
import Formats

/// Event times out of a column: BIGINT and TIMESTAMP as they are, STRING by a pattern or as ISO 8601.
struct EventTimeParser: @unchecked Sendable {
    private let parseTimestamp: Expression?

    /// - Parameter pattern: such as `yyyy-MM-dd HH:mm:ss`, as PARSE_TIMESTAMP takes it; the planner has
    ///   refused what is
    ///   none.
    init(pattern: String?) {
        parseTimestamp = pattern.flatMap { pattern in
            let arguments: [Expression] = [.column(0, .string), .makeString(pattern)]
            return try? ScalarFunctions.call("PARSE_TIMESTAMP", arguments)
        }
    }

    /// Milliseconds since the epoch; NULL where there is no time.
    func times(_ column: Column) -> Column {
        guard column.type == .string else { return column }
        guard let parseTimestamp else { return TimestampColumn.parse(column) }
        return CompiledExpressions([parseTimestamp])
            .evaluate([column], count: column.count, context: EvaluationContext())[0]
    }
}
