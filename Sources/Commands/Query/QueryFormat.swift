/// How a query's rows are written.
enum QueryFormat: String, CaseIterable, Sendable {
    case table
    case csv
    case json
    case jsonl
    case markdown
    /// Into a file only.
    case parquet

    /// DuckDB's flags for it. A terminal gets a table that fits it, everybody else all rows in full.
    func flags(isTerminal: Bool) -> [String] {
        switch self {
        case .table: isTerminal ? [] : ["-box"]
        case .csv: ["-csv", "-nullvalue", ""]
        case .json: ["-json"]
        case .jsonl: ["-jsonlines"]
        case .markdown: ["-markdown"]
        case .parquet: []
        }
    }
}
