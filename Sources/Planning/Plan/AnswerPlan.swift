import Columnar
import Expressions

/// A SELECT of its own over one stream or table: what its rows are filtered and made into.
///
/// A pull query answers from what is there; a push query (`isPush`) from each change.
public struct AnswerPlan: Sendable {
    /// A column of the answer.
    public struct Column: Hashable, Sendable {
        public let name: String
        public let type: DataType
        /// Whether it is part of what tells the rows of a table apart.
        public let isKey: Bool

        public init(name: String, type: DataType, isKey: Bool) {
            self.name = name
            self.type = type
            self.isKey = isKey
        }
    }

    public let source: Relation
    public let isPush: Bool
    /// WHERE, over the source's row with its pseudo-columns.
    public let filter: Expression?
    public let columns: [Column]
    /// One for each column.
    public let expressions: [Expression]
    public let limit: Int?

    /// The pseudo-columns of the source that it reads.
    public var pseudoColumns: Set<PseudoColumn> {
        var read = filter?.columns ?? []
        for expression in expressions { read.formUnion(expression.columns) }
        return Set(PseudoColumn.allCases.filter { read.contains(source.position(of: $0)) })
    }

    /// The same for all rows.
    public var withoutLimit: AnswerPlan {
        AnswerPlan(
            source: source, isPush: isPush, filter: filter, columns: columns, expressions: expressions,
            limit: nil)
    }
}
