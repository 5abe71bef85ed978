import CLibpq

/// What a FETCH gave, in libpq's memory: for as long as the call that hands it out.
struct FetchedTexts {
    private let result: OpaquePointer?
    let count: Int

    init(_ result: OpaquePointer?) {
        self.result = result
        count = Int(PQntuples(result))
    }

    /// nil is NULL.
    func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
        let (row, column) = (Int32(truncatingIfNeeded: row), Int32(truncatingIfNeeded: column))
        guard PQgetisnull(result, row, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    }
}

extension PostgresConnection {
    /// Runs one statement and hands out its rows as the server has written them.
    func fetch<Answer>(
        _ sql: String, _ body: (FetchedTexts) -> Answer
    ) throws(PostgresError) -> Answer {
        let result = PQexec(handle, sql)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else { throw failure(result) }
        return body(FetchedTexts(result))
    }
}
