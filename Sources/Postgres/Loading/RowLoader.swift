import Columnar

/// Brings rows into a table within a transaction; rows that the database refuses are found by bisection and
/// left out.
struct RowLoader {
    let connection: PostgresConnection
    let pieceRows: Int
    private(set) var refused: [RefusedRow] = []

    private static let enter = "SAVEPOINT millrace_rows"
    private static let keep = "RELEASE SAVEPOINT millrace_rows"
    private static let drop = "ROLLBACK TO SAVEPOINT millrace_rows; RELEASE SAVEPOINT millrace_rows"

    init(_ connection: PostgresConnection, pieceRows: Int) {
        self.connection = connection
        self.pieceRows = max(1, pieceRows)
    }

    mutating func load(_ all: [WireRows], by plan: LoadPlan) throws(PostgresError) {
        var isStaged = false
        for rows in all {
            refused += rows.faults.map {
                RefusedRow(batch: rows.batch, row: $0.row, message: $0.message)
            }
            for start in stride(from: 0, to: rows.batch.count, by: pieceRows) {
                let end = min(rows.batch.count, start + pieceRows)
                try load(rows, start..<end, by: plan, &isStaged)
            }
        }
    }

    private mutating func load(
        _ rows: WireRows, _ range: Range<Int>, by plan: LoadPlan, _ isStaged: inout Bool
    ) throws(PostgresError) {
        // In their order, so that of rows that are equal only to the database the last one stays.
        var waiting = [range]
        while let next = waiting.popLast() {
            guard rows.starts[next.lowerBound] < rows.starts[next.upperBound] else { continue }
            if isStaged, let clearing = plan.clearing {
                try connection.execute(clearing)
                isStaged = false
            }
            try connection.execute(Self.enter)
            do throws(PostgresError) {
                try connection.copy(plan.copy, rows.bytes(of: next))
                if let apply = plan.apply {
                    try connection.execute(apply + "; " + Self.keep)
                    isStaged = true
                } else {
                    try connection.execute(Self.keep)
                }
            } catch {
                guard case .rejected(let message) = error else { throw error }
                try connection.execute(Self.drop)
                if next.count == 1 {
                    refused.append(RefusedRow(batch: rows.batch, row: next.lowerBound, message: message))
                } else {
                    waiting += Self.pieces(of: next, in: rows, message).reversed()
                }
            }
        }
    }

    /// Where to look for the row at fault: by itself where the server says which one it is, else in halves.
    ///
    /// What lies behind it is halved too, or many rows at fault would have the rest sent as often as they
    /// are.
    private static func pieces(
        of range: Range<Int>, in rows: WireRows, _ message: ServerMessage
    ) -> [Range<Int>] {
        let suspect = message.copiedRow.flatMap { number -> Int? in
            // Rows that were left out are not counted by the server.
            var left = number
            for row in range where rows.starts[row] < rows.starts[row + 1] {
                if left == 0 { return row }
                left -= 1
            }
            return nil
        }
        guard let suspect else {
            let middle = range.lowerBound + range.count / 2
            return [range.lowerBound..<middle, middle..<range.upperBound]
        }
        let middle = suspect + 1 + (range.upperBound - suspect - 1) / 2
        return [
            range.lowerBound..<suspect, suspect..<suspect + 1, suspect + 1..<middle,
            middle..<range.upperBound,
        ].filter { !$0.isEmpty }
    }
}
