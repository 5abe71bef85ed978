import Diagnostics

/// Parses SQL text without files and sessions around it.
public enum Parser {
    /// All statements of a script. Throws the first error, with its place and what was expected there.
    public static func statements(
        in text: String, file: String? = nil, variables: Variables = Variables()
    ) throws(Diagnostic) -> [Statement] {
        var reader = ScriptReader(text, file: file, variables: variables)
        return try reader.rest()
    }

    /// The only statement of a text.
    public static func statement(
        _ text: String, file: String? = nil, variables: Variables = Variables()
    ) throws(Diagnostic) -> Statement {
        var reader = ScriptReader(text, file: file, variables: variables)
        guard let statement = try reader.next() else {
            throw Diagnostic(.syntax, "the text holds no statement", hint: "write one, such as SHOW STREAMS;")
        }
        if let second = try reader.next() {
            throw Diagnostic(
                .syntax, "only one statement is allowed here", at: second.location(of: second.span),
                hint: "give the statements one by one")
        }
        return statement
    }

    /// An expression by itself, as `PRICE * QUANTITY`.
    public static func expression(_ text: String) throws(Diagnostic) -> Expression {
        var reader = SyntaxReader(fragment: text, subject: "the expression")
        let expression = try reader.expression()
        try reader.expectEnd()
        return expression
    }

    /// A type by itself, as `ARRAY<STRUCT<A INT>>`.
    public static func type(_ text: String) throws(Diagnostic) -> TypeName {
        var reader = SyntaxReader(fragment: text, subject: "the type")
        let type = try reader.type()
        try reader.expectEnd()
        return type
    }

    /// The columns of a schema by itself, as `ID INT KEY, NAME STRING`.
    public static func columns(_ text: String) throws(Diagnostic) -> [ColumnDefinition] {
        var reader = SyntaxReader(fragment: text, subject: "the column list")
        var columns: [ColumnDefinition] = []
        repeat { columns.append(try reader.columnDefinition()) } while reader.accept(.comma)
        try reader.expectEnd()
        return columns
    }
}
