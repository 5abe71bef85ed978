import Diagnostics

/// The files that a database must have seen before a pipeline writes to it.
///
/// A file is one transaction, recorded in `millrace_migrations` with the digest of its text: it is applied
/// when it is new, and again when its text is another. Who starts at the same time waits for whoever is
/// first.
public struct Migrations: Sendable {
    /// In the order in which they are applied.
    public let files: [MigrationFile]

    public init(_ files: [MigrationFile]) { self.files = files }

    public static let none = Migrations([])

    private static let lock = "727463, 2"

    /// Applies what the database has not seen. Throws `refused` with file, line and column of the statement
    /// that the database does not take; what that file did is undone, files before it stay.
    public func apply(_ address: PostgresAddress) throws(PostgresError) {
        guard !files.isEmpty else { return }
        let connection = try PostgresConnection(address)
        // The session's lock ends with the session.
        _ = try connection.query("SELECT pg_advisory_lock(\(Self.lock))")
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS millrace_migrations (file text PRIMARY KEY, digest text NOT NULL,
                statements integer NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
            """)
        for file in files { try apply(file, over: connection) }
    }

    private func apply(_ file: MigrationFile, over connection: PostgresConnection) throws(PostgresError) {
        let known = try connection.query(
            "SELECT digest = md5($2), to_char(applied_at, 'YYYY-MM-DD HH24:MI') FROM millrace_migrations "
                + "WHERE file = $1", [file.name, file.text]
        ).rows.first
        if known?[0] == "t" { return }
        let statements = file.statements
        try connection.execute("BEGIN")
        for (number, statement) in statements.enumerated() {
            try Self.refuseTransaction(statement, file)
            guard let message = try connection.refusal(of: statement.text) else { continue }
            var diagnostic = Self.diagnostic(message, statement, file)
            diagnostic.message =
                "statement \(number + 1) of \(file.name) fails at \(connection.place): \(message.text)"
            if let applied = known?[1] {
                diagnostic.hint =
                    (diagnostic.hint.map { $0 + "; " } ?? "")
                    + "the file was applied on \(applied) with another text: write it so that it can be "
                    + "applied again, or put the change into a new file"
            }
            throw .refused(diagnostic)
        }
        _ = try connection.query(
            """
            INSERT INTO millrace_migrations (file, digest, statements) VALUES ($1, md5($2), $3)
            ON CONFLICT (file) DO UPDATE SET digest = EXCLUDED.digest, statements = EXCLUDED.statements,
                applied_at = now()
            """, [file.name, file.text, String(statements.count)])
        try connection.execute("COMMIT")
    }

    /// The file is a transaction already; another COMMIT would let half of it stay.
    private static func refuseTransaction(
        _ statement: (text: String, range: Range<Int>), _ file: MigrationFile
    ) throws(PostgresError) {
        let first = statement.text.prefix { $0.isLetter }.uppercased()
        guard ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT"].contains(first) else { return }
        throw .refused(
            Diagnostic(
                .invalidStatement,
                "\(first) has no place in \(file.name): the file is one transaction already",
                at: file.location(statement.range), hint: "remove it, or use several files"))
    }

    private static func diagnostic(
        _ message: ServerMessage, _ statement: (text: String, range: Range<Int>), _ file: MigrationFile
    ) -> Diagnostic {
        var range = statement.range
        if let position = message.position {
            // The server counts characters from 1.
            let before = statement.text.unicodeScalars.prefix(position - 1).reduce(0) { sum, scalar in
                sum + UTF8.width(scalar)
            }
            range = min(range.lowerBound + before, range.upperBound)..<range.upperBound
        } else {
            // A long statement is known by its first line.
            let line = statement.text.utf8.prefix { $0 != UInt8(ascii: "\n") }.count
            range = range.lowerBound..<range.lowerBound + line
        }
        return Diagnostic(.invalidStatement, "", at: file.location(range), hint: message.hint)
    }
}
