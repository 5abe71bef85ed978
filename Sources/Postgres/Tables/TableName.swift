/// The name of a table, with its schema or without.
public struct TableName: Hashable, Sendable, CustomStringConvertible {
    public let schema: String?
    public let name: String

    public init(schema: String?, name: String) {
        self.schema = schema
        self.name = name
    }

    /// Reads `name`, `schema.name`, and either part in double quotes; nil where a part is missing.
    public init?(_ text: String) {
        var parts: [String] = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ".", !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        guard !isQuoted, parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        schema = parts.count == 2 ? parts[0] : nil
        name = parts[parts.count - 1]
    }

    public var description: String { schema.map { $0 + "." + name } ?? name }

    var quoted: String {
        schema.map { SQLName.quoted($0) + "." + SQLName.quoted(name) } ?? SQLName.quoted(name)
    }

    /// Another table in the same schema.
    func beside(_ other: String) -> TableName { TableName(schema: schema, name: other) }
}
