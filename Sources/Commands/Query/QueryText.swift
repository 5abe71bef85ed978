import Diagnostics

/// The statements of a query, as they were asked and as DuckDB gets them.
struct QueryText: Equatable, Sendable {
    let text: String
    let statements: [String]

    /// - Throws: where there is no statement, or none that is SQL.
    init(_ text: String) throws(Diagnostic) {
        self.text = text
        statements = SQLToken.statements(of: text)
        guard !SQLToken.tokens(of: text).allSatisfy({ $0 == .sign(";") }) else {
            throw Diagnostic(.usage, "the SQL is empty", expected: "a statement such as \"SELECT 1\"")
        }
        // DuckDB's command line would take it for a command of its own, some of which start a shell.
        guard text.first(where: { !$0.isWhitespace }) != "." else {
            throw Diagnostic(
                .usage, "\(text.prefix(20)) is no SQL", expected: "a statement such as \"SELECT 1\"")
        }
        // The system's limit for one argument is 128 KiB.
        guard text.utf8.count < 120_000 else {
            throw Diagnostic(.usage, "the SQL is longer than 120,000 bytes", expected: "a shorter statement")
        }
    }

    /// `SHOW TABLES` in any of its forms that names no layer.
    static func showsTables(_ statement: String) -> Bool {
        let words = SQLToken.tokens(of: statement).filter { $0 != .sign(";") }.map(\.keyword)
        return words == ["show", "tables"] || words == ["show"]
    }

    var showsTables: Bool { statements.contains(where: Self.showsTables) }

    /// The text for DuckDB.
    ///
    /// - Parameters:
    ///   - tables: a SELECT that lists the lake's tables, for SHOW TABLES, which would list those without a
    ///     layer.
    ///   - file: where the last statement's rows go, as Parquet.
    /// - Throws: where the last statement gives no rows that a file could take.
    func prepared(tables: String?, parquet file: String?) throws(Diagnostic) -> String {
        var parts = statements.map { statement in
            guard let tables, Self.showsTables(statement) else { return statement }
            return tables + ";"
        }
        guard let file, let last = parts.popLast() else { return parts.joined() }
        let first = SQLToken.tokens(of: last).first { $0 != .sign("(") }?.keyword ?? ""
        guard ["select", "from", "with", "values", "table", "pivot", "unpivot"].contains(first) else {
            throw Diagnostic(
                .usage, "a file of Parquet takes the rows of a SELECT, and the last statement is none",
                expected: "a statement that begins with SELECT, FROM or WITH")
        }
        let rows = Self.withoutEnd(last)
        return parts.joined() + "COPY (\(rows)\n) TO \(SQLText.string(file)) (FORMAT parquet);"
    }

    /// A statement without its semicolon and what stands behind it.
    private static func withoutEnd(_ statement: String) -> String {
        let whole = SQLToken.tokens(of: statement)
        guard whole.last == .sign(";") else { return statement }
        // The last semicolon that is none of a comment's.
        var end = statement.endIndex
        while let place = statement[..<end].lastIndex(of: ";") {
            let rest = String(statement[..<place])
            if SQLToken.tokens(of: rest).count == whole.count - 1 { return rest }
            end = place
        }
        return statement
    }
}
