/// How a query's rows are written.
enum QueryFormat: String, CaseIterable, Sendable {
    case table
    case csv
    case json

    /// DuckDB's flags for it. A terminal gets a table that fits it, a pipe all rows in full.
    func flags(isTerminal: Bool) -> [String] {
        switch self {
        case .table: isTerminal ? [] : ["-box"]
        case .csv: ["-csv", "-nullvalue", ""]
        case .json: ["-json"]
        }
    }
}
