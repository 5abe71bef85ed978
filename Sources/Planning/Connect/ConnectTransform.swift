import Columnar
import Diagnostics

/// What a single message transform of Kafka Connect does to a record's shape.
///
/// Those that compute values are SQL's affair, and are refused by whoever reads them.
enum ConnectTransform: Sendable {
    enum Side: Sendable {
        case key, value
    }

    /// `ReplaceField`: what stays, what goes, what gets another name.
    case replaceFields(Side, include: [String], exclude: [String], renames: [(from: String, to: String)])
    case valueToKey([String])
    /// `ExtractField$Key`
    case extractKey(String)
    /// `HoistField$Key`
    case hoistKey(String)
    /// `InsertField`
    case insert(Side, name: String, content: Inserted)
    /// `TimestampConverter$Value` to a time.
    case timestamp(String)
    /// `RegexRouter`
    case route(pattern: String, replacement: String)
    /// `Filter` of records without a value.
    case dropDeletions
    /// `Filter` of a topic.
    case dropAll
    /// Of a headers' or a schema's matter, which a sink has no use for.
    case nothing

    /// Whether keys are another thing after it.
    var changesKeys: Bool {
        switch self {
        case .replaceFields(.key, _, _, _), .insert(.key, _, _), .valueToKey, .extractKey, .hoistKey: true
        default: false
        }
    }

    /// What `InsertField` inserts.
    enum Inserted: Sendable {
        case text(String)
        case topic
        case rowTime
    }

    /// - Throws: a reason, for a field that is not there.
    func apply(to record: inout ConnectRecord) throws(TransformFault) {
        switch self {
        case .nothing: break
        case .replaceFields(let side, let include, let exclude, let renames):
            record[side] = try Self.replaced(record, side, include, exclude, renames)
        case .valueToKey(let names):
            record.key = try names.map { name throws(TransformFault) in
                try Self.field(name, in: record.value, "value")
            }
            record.hasBareKey = false
        case .extractKey(let name):
            if record.hasBareKey { throw TransformFault("the key is one value already, which has no fields") }
            record.key = [try Self.field(name, in: record.key, "key")]
            record.hasBareKey = true
        case .hoistKey(let name):
            guard record.hasBareKey, let only = record.key.first else {
                throw TransformFault("the key has fields already")
            }
            record.key = [.init(name: name, content: only.content, type: only.type)]
            record.hasBareKey = false
        case .insert(let side, let name, let inserted):
            if side == .key, record.hasBareKey {
                throw TransformFault("the key is one value, and has no fields")
            }
            let content: ConnectRecord.Content =
                switch inserted {
                case .text(let text): .text(text)
                case .topic: .text(record.topic)
                case .rowTime: .rowTime
                }
            record[side].removeAll { $0.name == name }
            let type: DataType = content == .rowTime ? .timestamp : .string
            record[side].append(.init(name: name, content: content, type: type))
        case .timestamp(let name):
            let field = try Self.field(name, in: record.value, "value")
            record.value = try record.value.map { other throws(TransformFault) in
                other == field ? try Self.instant(field) : other
            }
        case .route(let pattern, let replacement):
            record.topic = try Self.routed(record.topic, pattern, replacement)
        case .dropDeletions: record.passesDeletions = false
        case .dropAll: throw TransformFault("it drops all records of the topic")
        }
    }

    private static func instant(_ field: ConnectRecord.Field) throws(TransformFault) -> ConnectRecord.Field {
        if field.type == .timestamp { return field }
        guard field.type == .bigint, case .column(let column) = field.content else {
            throw TransformFault(
                "\(field.name) is a \(field.type.sql), and only a BIGINT of milliseconds is made a time: "
                    + "use PARSE_TIMESTAMP in SQL")
        }
        return .init(name: field.name, content: .instant(column), type: .timestamp)
    }

    private static func replaced(
        _ record: ConnectRecord, _ side: Side, _ include: [String], _ exclude: [String],
        _ renames: [(from: String, to: String)]
    ) throws(TransformFault) -> [ConnectRecord.Field] {
        if side == .key, record.hasBareKey { throw TransformFault("the key is one value, and has no fields") }
        return record[side].compactMap { field in
            if exclude.contains(where: { matches($0, field, record[side]) }) { return nil }
            if !include.isEmpty, !include.contains(where: { matches($0, field, record[side]) }) { return nil }
            guard let rename = renames.first(where: { matches($0.from, field, record[side]) }) else {
                return field
            }
            return .init(name: rename.to, content: field.content, type: field.type)
        }
    }

    /// Exactly, or but for case where no field has exactly that name: a relation's columns are in capitals,
    /// whatever messages have.
    private static func matches(
        _ name: String, _ field: ConnectRecord.Field, _ all: [ConnectRecord.Field]
    ) -> Bool {
        if field.name == name { return true }
        return field.name.lowercased() == name.lowercased() && !all.contains { $0.name == name }
    }

    private static func field(
        _ name: String, in fields: [ConnectRecord.Field], _ side: String
    ) throws(TransformFault) -> ConnectRecord.Field {
        if let field = fields.first(where: { matches(name, $0, fields) }) { return field }
        let suggestion = NearestName.suggestion(for: name, among: fields.map(\.name))
        throw TransformFault(
            "the \(side) has no field \(name)"
                + (suggestion.map { " (did you mean \($0)?)" } ?? ""))
    }

    /// As Java replaces the first match of a pattern that fits the whole name: `$1` is its first group.
    private static func routed(
        _ topic: String, _ pattern: String, _ replacement: String
    ) throws(TransformFault) -> String {
        guard let regex = try? Regex(pattern) else { throw TransformFault("'\(pattern)' is no pattern") }
        guard let match = try? regex.wholeMatch(in: topic) else { return topic }
        var text = ""
        var rest = replacement[...]
        while let first = rest.popFirst() {
            if first == "\\", let next = rest.popFirst() {
                text.append(next)
            } else if first == "$", let digit = rest.first?.wholeNumberValue {
                rest.removeFirst()
                guard digit < match.output.count else { throw TransformFault("there is no group $\(digit)") }
                text += match.output[digit].substring.map(String.init) ?? ""
            } else {
                text.append(first)
            }
        }
        return text
    }
}

extension ConnectRecord {
    fileprivate subscript(side: ConnectTransform.Side) -> [Field] {
        get { side == .key ? key : value }
        set { if side == .key { key = newValue } else { value = newValue } }
    }
}
