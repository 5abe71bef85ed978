import Columnar
import Planning
import Runtime

/// How the rows of a relation become rows of a table.
///
/// Columns keep their order, key first. The rows of a windowed table begin with `window_start` and
/// `window_end`, which are TIMESTAMPs in UTC and a part of the key.
struct DeltaSinkSchema: Sendable {
    let schema: Schema
    /// The columns that make a key; empty for a stream.
    let keyNames: [String]
    private let isWindowed: Bool
    private let windowStart: Int
    private let windowEnd: Int

    static let windowStart = "window_start"
    static let windowEnd = "window_end"

    /// Positions of the relation's columns that are written.
    private let kept: [Int]

    init(_ relation: Relation, _ columnCase: DeltaSinkOptions.ColumnCase) {
        let isWindowed = relation.kind == .table && relation.windowing != nil
        let names = relation.columns.map { column in
            columnCase == .lower && column.name == column.name.uppercased()
                ? column.name.lowercased() : column.name
        }
        // A query may give its own columns the names of the bounds; they must not stand twice.
        let bounds = isWindowed ? [Self.windowStart, Self.windowEnd] : []
        let kept = names.indices.filter { !bounds.contains(names[$0]) }
        schema = Schema(
            bounds.map { Field($0, .timestamp) } + kept.map { Field(names[$0], relation.columns[$0].type) })
        keyNames =
            relation.kind == .table
            ? bounds + kept.filter { $0 < relation.keyCount }.map { names[$0] } : []
        self.kept = kept
        self.isWindowed = isWindowed
        windowStart = relation.position(of: .windowStart)
        windowEnd = relation.position(of: .windowEnd)
    }

    /// The columns of the records' key, also of a stream.
    func recordKeys(_ relation: Relation) -> [String] {
        relation.kind == .table ? keyNames : Array(schema.names.prefix(relation.keyCount))
    }

    /// Where the rows have the bounds of windows.
    var bounds: Range<Int> { 0..<(isWindowed ? 2 : 0) }

    /// Where the rows have a column of the relation; nil where they do not.
    func place(of column: Int) -> Int? { kept.firstIndex(of: column).map { $0 + bounds.count } }

    func batch(_ rows: StreamRows) -> Batch {
        Batch(schema: schema, columns: kept.map { rows.columns[$0] }, count: rows.count)
    }

    /// The rows of one side of changes.
    func batch(_ columns: [Column], count: Int) -> Batch {
        var made = kept.map { columns[$0] }
        if isWindowed {
            made.insert(columns[windowStart].asTimestamps, at: 0)
            made.insert(columns[windowEnd].asTimestamps, at: 1)
        }
        return Batch(schema: schema, columns: made, count: count)
    }
}

extension Column {
    /// A BIGINT column of milliseconds as TIMESTAMPs; nothing is copied.
    var asTimestamps: Column {
        Column(type: .timestamp, count: count, validity: validity, storage: storage)
    }
}
