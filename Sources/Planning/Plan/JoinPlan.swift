import Expressions

/// One join: rows of two relations whose keys are equal become rows of a third, which has no name for users.
///
/// The joined row is, with the pseudo-columns of both sides as ordinary columns:
/// ```
/// | key columns | left: columns, pseudo-columns | right: columns, pseudo-columns | pseudo-columns |
/// ```
/// Several joins of one query are a chain: the left side of each is what the one before it makes.
public struct JoinPlan: Sendable {
    /// Which rows without a partner stay.
    public enum Kind: String, Hashable, Sendable {
        case inner
        case left
        case right
        case full

        public var keepsLeft: Bool { self == .left || self == .full }
        public var keepsRight: Bool { self == .right || self == .full }
    }

    /// What meets what.
    public enum Mode: Hashable, Sendable {
        /// Records that lie close in event time.
        case streams(StreamJoinWindow)
        /// A record meets the row that the table has when the record's turn comes.
        case streamTable
        /// Rows with one primary key.
        case tables
        /// A row meets the row of the right table whose primary key an expression of it names.
        case foreignKey
        /// Rows that are there, once: those of a pull query.
        case rows

        public var isOfStreams: Bool { if case .streams = self { true } else { false } }
    }

    public let kind: Kind
    public let mode: Mode
    public let left: Relation
    public let right: Relation
    /// What must be equal, over the row of each side; of one type each.
    public let leftKeys: [Expression]
    public let rightKeys: [Expression]
    /// The joined row.
    public let output: Relation

    /// Where the row of each side stands in the joined row.
    public var leftStart: Int { output.keyCount }
    public var rightStart: Int { output.keyCount + left.width }
}
