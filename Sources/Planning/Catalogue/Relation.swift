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

    /// Never changes, and is shared by all that name the relation.
    private var contents: Contents

    public var name: String { contents.name }
    public var kind: Kind { contents.kind }
    /// Key columns first, then those of the value, then those that headers fill.
    public var columns: [RelationColumn] { contents.columns }
    public var keyCount: Int { contents.keyCount }
    public var windowing: Windowing? { contents.windowing }
    public var origin: Origin { contents.origin }
    /// How the relation is written to its topic, if it has one.
    public internal(set) var topic: TopicProperties? {
        get { contents.topic }
        set {
            self = Relation(
                name: name, kind: kind, columns: columns, keyCount: keyCount, windowing: windowing,
                origin: origin, topic: newValue)
        }
    }

    public init(
        name: String, kind: Kind, columns: [RelationColumn], keyCount: Int, windowing: Windowing? = nil,
        origin: Origin, topic: TopicProperties? = nil
    ) {
        contents = Contents(
            name: name, kind: kind, columns: columns, keyCount: keyCount, windowing: windowing,
            origin: origin, topic: topic)
    }

    /// Whether it is the very one and not only equal.
    func isSame(as other: Relation) -> Bool { contents === other.contents }

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

    public static func == (left: Relation, right: Relation) -> Bool {
        left.isSame(as: right) || left.contents.isEqual(to: right.contents)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(columns)
    }

    private final class Contents: Sendable {
        let name: String
        let kind: Kind
        let columns: [RelationColumn]
        let keyCount: Int
        let windowing: Windowing?
        let origin: Origin
        let topic: TopicProperties?

        init(
            name: String, kind: Kind, columns: [RelationColumn], keyCount: Int, windowing: Windowing?,
            origin: Origin, topic: TopicProperties?
        ) {
            self.name = name
            self.kind = kind
            self.columns = columns
            self.keyCount = keyCount
            self.windowing = windowing
            self.origin = origin
            self.topic = topic
        }

        func isEqual(to other: Contents) -> Bool {
            name == other.name && kind == other.kind && columns == other.columns
                && keyCount == other.keyCount && windowing == other.windowing && origin == other.origin
                && topic == other.topic
        }
    }
}
