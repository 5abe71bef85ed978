import Diagnostics

/// Reads a table, whole or what was changed lately, as one snapshot and with little memory.
///
/// ```
/// begin ─► next ─► next ─► … ─► false
///    └──── one REPEATABLE READ transaction with a cursor ────┘
/// ```
/// A session that is lost is made again at the next `begin`. For one thread at a time.
public final class TableReader {
    private let address: PostgresAddress
    private let target: ReadTarget
    private let statementMilliseconds: Int
    private var connection: PostgresConnection?
    private var fetchRows = TableReader.firstFetch

    private static let firstFetch = 256
    private static let fetchBounds = 16...8192
    /// About so many bytes are fetched at a time.
    private static let fetchBytes = 1 << 20

    public init(_ address: PostgresAddress, _ target: ReadTarget, statementMilliseconds: Int) {
        self.address = address
        self.target = target
        self.statementMilliseconds = statementMilliseconds
    }

    /// The database, without its password.
    public var place: String { address.description }

    /// Begins to read; what was begun before is given up.
    ///
    /// - Parameter since: microseconds since the epoch: rows whose `updatedAt` is older are left out. nil
    ///   reads all.
    /// - Returns: the database's time at the snapshot or before, microseconds since the epoch.
    /// - Throws: `refused` where the table is not as it was declared.
    public func begin(since: Int64?) throws(PostgresError) -> Int64 {
        do throws(PostgresError) {
            let connection = try connected()
            try connection.execute("ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            let now = try connection.query("SELECT (extract(epoch FROM now()) * 1000000)::bigint").value
            guard let table = try TableDescription.read(target.name, over: connection) else {
                throw .refused(
                    Diagnostic(
                        .notFound, "there is no table \(target.name) at \(place)",
                        hint: "check the property 'table'; a schema goes before it: 'shop.products'"))
            }
            let statement: ReadStatement
            do throws(Diagnostic) { statement = try ReadStatement(target, table) } catch {
                throw .refused(error)
            }
            try connection.execute(
                "DECLARE millrace_rows NO SCROLL CURSOR FOR " + statement.text(since: since))
            return now.flatMap { Int64($0) } ?? 0
        } catch {
            throw end(error)
        }
    }

    /// Hands out some rows; false when there were no more, which ends the reading.
    public func next(_ body: (ReadRow) -> Void) throws(PostgresError) -> Bool {
        guard let connection else { return false }
        do throws(PostgresError) {
            var bytes = 0
            let count = try connection.fetch("FETCH \(fetchRows) FROM millrace_rows") { rows in
                for row in 0..<rows.count {
                    guard let key = rows.bytes(row, 0) else { continue }
                    let value = rows.bytes(row, 1)
                    bytes += key.count + (value?.count ?? 0)
                    let time = rows.bytes(row, 2).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
                    body(ReadRow(key: key, value: value, updatedAt: time))
                }
                return rows.count
            }
            if count < fetchRows {
                try connection.execute("COMMIT")
                return false
            }
            let fitting = Self.fetchBytes / max(1, bytes / max(1, count))
            fetchRows = min(max(fitting, Self.fetchBounds.lowerBound), Self.fetchBounds.upperBound)
            return true
        } catch {
            throw end(error)
        }
    }

    /// Ends the session, which nobody needs for a while.
    public func close() { connection = nil }

    private func connected() throws(PostgresError) -> PostgresConnection {
        if let connection, !connection.isBroken { return connection }
        let made = try PostgresConnection(address, statementMilliseconds: statementMilliseconds)
        // So that what has no time zone is in UTC, and numbers are whole.
        try made.execute("SET TimeZone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex'")
        connection = made
        return made
    }

    /// What a statement that only reads refuses is no row's fault.
    private func end(_ error: PostgresError) -> PostgresError {
        connection = nil
        if case .rejected(let message) = error {
            return .refused(
                Diagnostic(.schemaMismatch, "\(place) can't read table \(target.name): \(message.text)"))
        }
        return error
    }
}
