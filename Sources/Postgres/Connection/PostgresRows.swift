import CLibpq

/// What a statement gave: few rows, as texts.
public struct PostgresRows: Sendable {
    /// NULL is nil.
    public let rows: [[String?]]
    /// Rows that the statement has changed.
    public let affected: Int

    init(_ result: OpaquePointer?) {
        let width = PQnfields(result)
        rows = (0..<PQntuples(result)).map { row in
            (0..<width).map { column in
                PQgetisnull(result, row, column) == 1
                    ? nil : PQgetvalue(result, row, column).map { String(cString: $0) }
            }
        }
        affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// The only value of the only row; nil where there is none.
    public var value: String? { rows.first?.first ?? nil }
}
