import DeltaLake
import Planning

/// A table as it is and as it was rebuilt, to be compared.
public struct ReplayedTable: Sendable {
    /// A table at a version.
    public struct Side: Sendable {
        public let table: DeltaTable
        public let snapshot: Snapshot

        /// As its statistics have it; nil where a file has none.
        public var rowCount: Int? { table.rowCount(snapshot) }
    }

    public let sink: String
    public let path: String
    /// As of the epoch that bronze has; nil where there is no such table yet.
    public let live: Side?
    public let rebuilt: Side
    /// The columns by which rows are told apart; empty where nothing but the whole row does.
    public let key: [String]
}

extension PipelinePlan {
    /// The positions of the columns that name a row of a relation: a table's primary key, or what a stream is
    /// deduplicated by; nil where nothing does.
    func namingColumns(of relation: Relation) -> [Int]? {
        if relation.kind == .table { return Array(0..<relation.keyCount) }
        let queries = query(producing: relation.name)
        guard queries.count == 1, let query = queries.first, case .projection(let list) = query.shape else {
            return nil
        }
        if let deduplication = query.deduplication {
            let places = deduplication.keys.map { key in list.firstIndex(of: key) }
            return places.contains(nil) ? nil : places.compactMap { $0 }
        }
        guard query.input.kind == .stream, let named = namingColumns(of: query.input) else { return nil }
        let places = named.map { position in
            list.firstIndex(of: .column(position, query.input.columns[position].type))
        }
        return places.contains(nil) ? nil : places.compactMap { $0 }
    }
}
