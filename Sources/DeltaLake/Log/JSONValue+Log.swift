import Formats

/// What the log's JSON needs beyond the document model.
extension JSONValue {
    static func parse(_ bytes: some Sequence<UInt8>) -> JSONValue? { try? JSONValue(parsing: Array(bytes)) }

    static func parse(_ text: String) -> JSONValue? { try? JSONValue(parsing: text) }

    static func integer(_ value: Int64) -> JSONValue { .number(String(value)) }

    /// An object of the members that are not nil.
    static func members(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { name, value in value.map { Member(name, $0) } })
    }

    /// Texts by name, null where there is none.
    static func texts(_ texts: [String: String?]) -> JSONValue {
        .object(
            texts.sorted { $0.key < $1.key }.map { Member($0.key, $0.value.map { .string($0) } ?? .null) })
    }

    /// Texts by name; a member that is null has no text.
    var optionalTexts: [String: String?]? {
        guard let members else { return nil }
        var texts: [String: String?] = [:]
        for member in members { texts.updateValue(member.value.string, forKey: member.name) }
        return texts
    }
}
