import Columnar

/// A stream or table by name: its columns and where its records come from.
public struct Relation: Hashable, Sendable {
    /// Append-only records, or the latest value per primary key.
    public enum Kind: String, Hashable, Sendable {
        case stream = "STREAM"
        case table = "TABLE"
    }

    /// How the key of a windowed table names its window.
    public enum Windowing: Hashable, Sendable {
        /// Tumbling and hopping windows of a size in milliseconds.
        case time(size: Int64)
        case session
    }

    /// Where its records come from.
    public enum Origin: Hashable, Sendable {
        /// A connector or topic, as the WITH clause says.
        case source(SourceProperties)
        /// A persistent query, named by its id.
        case query(id: String)
        /// The pipeline's quality rules.
        case rules
    }

    public let name: String
    public let kind: Kind
    /// Key columns first, then those of the value, then those that headers fill.
    public let columns: [RelationColumn]
    public let keyCount: Int
    public let windowing: Windowing?
    public let origin: Origin
    /// How the relation is written to its topic, if it has one.
    public internal(set) var topic: TopicProperties?

    public init(
        name: String, kind: Kind, columns: [RelationColumn], keyCount: Int, windowing: Windowing? = nil,
        origin: Origin, topic: TopicProperties? = nil
    ) {
        self.name = name
        self.kind = kind
        self.columns = columns
        self.keyCount = keyCount
        self.windowing = windowing
        self.origin = origin
        self.topic = topic
    }

    public var keys: ArraySlice<RelationColumn> { columns[..<keyCount] }
    public var values: ArraySlice<RelationColumn> { columns[keyCount...] }

    /// What its WITH clause says; nil where a query or the pipeline's rules make it.
    public var source: SourceProperties? {
        if case .source(let properties) = origin { properties } else { nil }
    }

    /// Whether statements may only read it: CREATE SOURCE STREAM or TABLE.
    public var isReadOnly: Bool { source?.isReadOnly ?? false }

    /// The columns that a record's value holds: all of `values` but those that headers fill, which are last.
    public var recordValues: ArraySlice<RelationColumn> { values.dropLast(source?.headerColumns.count ?? 0) }

    /// Where a pseudo-column stands in the relation's rows: behind its columns.
    public func position(of pseudoColumn: PseudoColumn) -> Int { columns.count + pseudoColumn.rawValue }

    /// Columns of a row, pseudo-columns included.
    public var width: Int { columns.count + PseudoColumn.allCases.count }
}
