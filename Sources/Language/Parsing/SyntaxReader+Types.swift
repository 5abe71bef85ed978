import Diagnostics

/// Types.
extension SyntaxReader {
    mutating func type() throws(Diagnostic) -> TypeName {
        try enter()
        defer { leave() }
        let start = position
        guard token.isName else {
            note("a type")
            throw unexpected(hint: typeHint())
        }
        let name = takeName()
        let kind = name.isQuoted ? .custom(name) : try typeKind(name)
        return TypeName(kind, span: span(from: start))
    }

    private func typeHint() -> String {
        token.keyword == .null
            ? "NULL is a value, not a type: every column may be NULL"
            : "such as STRING, INT, BIGINT, DOUBLE, DECIMAL(10, 2), TIMESTAMP or ARRAY<STRING>"
    }

    private mutating func typeKind(_ name: Identifier) throws(Diagnostic) -> TypeName.Kind {
        switch name.text {
        case "BOOLEAN": .boolean
        case "INT", "INTEGER": .integer
        case "BIGINT": .bigint
        case "DOUBLE": .double
        case "BYTES": .bytes
        case "DATE": .date
        case "TIME": .time
        case "TIMESTAMP": .timestamp
        case "STRING", "VARCHAR": try stringType()
        case "DECIMAL": try decimalType()
        case "ARRAY": try arrayType()
        case "MAP": try mapType()
        case "STRUCT": try structureType()
        default: .custom(name)
        }
    }

    /// A length is allowed and has no effect, as `VARCHAR(STRING)` is.
    private mutating func stringType() throws(Diagnostic) -> TypeName.Kind {
        guard token.symbol == .leftParenthesis else { return .string }
        advance()
        if token.keyword == .string {
            advance()
        } else {
            _ = try count("a length")
        }
        try expect(.rightParenthesis)
        return .string
    }

    private mutating func decimalType() throws(Diagnostic) -> TypeName.Kind {
        let hint = "a DECIMAL has a precision and a scale: DECIMAL(10, 2) holds 10 digits, 2 of them decimals"
        try expect(.leftParenthesis, hint: hint)
        let precision = try count("a precision")
        try expect(.comma, hint: hint)
        let scale = try count("a scale")
        try expect(.rightParenthesis)
        return .decimal(precision: precision, scale: scale)
    }

    private mutating func arrayType() throws(Diagnostic) -> TypeName.Kind {
        try expect(.less, hint: "an ARRAY names the type of its elements: ARRAY<STRING>")
        let element = try type()
        try expect(.greater)
        return .array(element)
    }

    private mutating func mapType() throws(Diagnostic) -> TypeName.Kind {
        let hint = "a MAP names the types of its keys and values: MAP<STRING, INT>"
        try expect(.less, hint: hint)
        let key = try type()
        try expect(.comma, hint: hint)
        let value = try type()
        try expect(.greater)
        return .map(key: key, value: value)
    }

    private mutating func structureType() throws(Diagnostic) -> TypeName.Kind {
        if accept(.notEqual) { return .structure([]) }
        expectations.removeAll()
        try expect(.less, hint: "a STRUCT names its fields with their types: STRUCT<ID INT, NAME STRING>")
        var fields: [TypeName.Field] = []
        if token.symbol != .greater {
            repeat {
                let name = try name()
                fields.append(TypeName.Field(name: name, type: try type()))
            } while accept(.comma)
        }
        try expect(.greater)
        return .structure(fields)
    }
}
