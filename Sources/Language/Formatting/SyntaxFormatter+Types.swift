extension TypeName: CustomStringConvertible {
    /// The type as it is written in SQL, with INTEGER and STRING for their other spellings.
    public var formatted: String {
        var formatter = SyntaxFormatter()
        formatter.write(self)
        return formatter.text
    }

    public var description: String { formatted }
}

extension SyntaxFormatter {
    mutating func write(_ type: TypeName) {
        switch type.kind {
        case .boolean: write("BOOLEAN")
        case .integer: write("INTEGER")
        case .bigint: write("BIGINT")
        case .double: write("DOUBLE")
        case .decimal(let precision, let scale): write("DECIMAL(\(precision), \(scale))")
        case .string: write("STRING")
        case .bytes: write("BYTES")
        case .date: write("DATE")
        case .time: write("TIME")
        case .timestamp: write("TIMESTAMP")
        case .array(let element):
            write("ARRAY<")
            write(element)
            write(">")
        case .map(let key, let value):
            write("MAP<")
            write(key)
            write(", ")
            write(value)
            write(">")
        case .structure(let fields):
            write("STRUCT<")
            list(fields) { formatter, field in
                formatter.write(field.name)
                formatter.write(" ")
                formatter.write(field.type)
            }
            write(">")
        case .custom(let name):
            // Any word of the language could be a built-in type or a key: only quotes make it a name.
            write(Keyword(rawValue: name.text) == nil ? name.formatted : Self.quoted(name.text, with: "`"))
        }
    }
}
