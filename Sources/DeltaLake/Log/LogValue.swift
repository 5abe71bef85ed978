/// A JSON value as the log's lines hold it; numbers keep their text, so that no digit is lost.
indirect enum LogValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    case number(String)
    case string(String)
    case array([LogValue])
    case object([LogMember])

    struct LogMember: Equatable, Sendable {
        let name: String
        let value: LogValue
    }


    static func integer(_ value: Int64) -> LogValue { .number(String(value)) }

    subscript(name: String) -> LogValue? {
        guard case .object(let members) = self else { return nil }
        // The last of several members with one name, as most parsers have it.
        return members.last { $0.name == name }?.value
    }

    var text: String? { if case .string(let text) = self { return text } else { return nil } }
    var bool: Bool? { if case .boolean(let value) = self { return value } else { return nil } }
    var int64: Int64? {
        guard case .number(let text) = self else { return nil }
        if let value = Int64(text) { return value }
        return Double(text).flatMap { Int64(exactly: $0) }
    }
    var elements: [LogValue]? { if case .array(let elements) = self { return elements } else { return nil } }
    var members: [LogMember]? { if case .object(let members) = self { return members } else { return nil } }

    /// Texts by name; a member that is null has no text.
    var optionalTexts: [String: String?]? {
        guard let members else { return nil }
        var texts: [String: String?] = [:]
        for member in members { texts.updateValue(member.value.text, forKey: member.name) }
        return texts
    }
}
