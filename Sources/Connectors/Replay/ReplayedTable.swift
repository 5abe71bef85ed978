import DeltaLake

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
