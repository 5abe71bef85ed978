import Columnar
import Diagnostics
import Formats
import Language

/// How keys and values of a topic are written: what a WITH clause says, what settings say, what is the usual.
struct FormatAnalyzer {
    typealias Format = SourceProperties.Format

    let properties: ConnectorProperties
    let settings: Settings

    /// Property names that it reads.
    static let known =
        SchemaAnalyzer.known + [
            "value_format", "key_format", "format", "value_delimiter", "key_delimiter", "wrap_single_value",
        ]

    private static let laterFormats = ["PROTOBUF", "PROTOBUF_NOSR"]

    var standardKey: Format { setting(.keyFormat) ?? .kafka }
    var standardValue: Format? { setting(.valueFormat) }

    private func setting(_ name: SettingName) -> Format? {
        settings[name].flatMap { Format(rawValue: $0.uppercased()) }
    }

    /// The format that the clause gives for keys; nil when it gives none.
    func key() throws(Diagnostic) -> Format? { try format("key_format", or: "format") }

    func value() throws(Diagnostic) -> Format? { try format("value_format", or: "format") }

    private func format(_ name: String, or both: String) throws(Diagnostic) -> Format? {
        if properties.text(name) != nil, properties.text(both) != nil {
            throw Diagnostic(
                .invalidStatement, "\(properties.owner) has both '\(name)' and '\(both)'",
                at: properties.location(of: name), hint: "'\(both)' says it for keys and values: remove one")
        }
        let given = properties.text(name) != nil ? name : both
        if let text = properties.text(given), Self.laterFormats.contains(text.uppercased()) {
            throw Diagnostic(
                .unsupported, "this version does not have the format \(text.uppercased())",
                at: properties.location(of: given), expected: "AVRO, JSON, JSON_SR, DELIMITED or KAFKA")
        }
        let names = Format.allCases.map(\.rawValue)
        return try properties.word(given, of: names).flatMap(Format.init(rawValue:))
    }

    /// The delimiter that the clause gives for a format that has one.
    func delimiter(_ name: String, for format: Format) throws(Diagnostic) -> String? {
        guard let text = properties.text(name) else { return nil }
        let delimiter: String
        switch text.uppercased() {
        case "\t", " ": delimiter = ""
        case "SPACE": delimiter = " "
        case "TAB": delimiter = "\t"
        default: delimiter = text
        }
        guard format == .delimited || format == .csv else {
            throw Diagnostic(
                .invalidStatement, "'\(name)' is given, and the format \(format.rawValue) has no delimiter",
                at: properties.location(of: name), hint: "remove the property")
        }
        guard delimiter.utf8.count == 1, let byte = delimiter.utf8.first, byte < 0x80, byte != 0x22,
            byte != 0x0A, byte != 0x0D
        else {
            throw properties.invalid(
                name, text, expected: "one character, TAB or SPACE",
                hint: "quotes and line ends delimit nothing")
        }
        return delimiter
    }

    /// Whether a value of one column stands in an object.
    func wrapsSingleValue(_ format: Format, values: Int) throws(Diagnostic) -> Bool {
        let name = "wrap_single_value"
        guard properties.text(name) != nil else {
            return settings[.wrapsSingleValues]?.lowercased() != "false"
        }
        let wraps = try properties.boolean(name, default: true)
        if wraps, !format.wrapsValues {
            throw properties.invalid(
                name, "true", expected: "a format with objects",
                hint: "\(format.rawValue) writes a single value bare: remove the property")
        }
        if values != 1 {
            throw Diagnostic(
                .invalidStatement,
                "'\(name)' is for values of one column, and \(properties.owner) has \(values)",
                at: properties.location(of: name), hint: "remove the property")
        }
        return wraps
    }

    // MARK: What formats can hold

    /// Refuses columns that the topic's formats have no way to write.
    func check(
        key: Format, value: Format, relation: Relation, at place: SourceLocation?
    ) throws(Diagnostic) {
        for column in relation.keys where Self.containsMap(column.type) {
            throw Diagnostic(
                .typeMismatch, "the key column \(column.name) is \(column.type.sql)", at: place,
                expected: "a key without MAPs",
                hint: "two equal MAPs may be written differently: take its parts")
        }
        try check(key, Array(relation.keys), "key", place)
        try check(value, Array(relation.recordValues), "value", place)
    }

    private func check(
        _ format: Format, _ columns: [RelationColumn], _ part: String, _ place: SourceLocation?
    ) throws(Diagnostic) {
        switch format {
        case .kafka:
            if columns.count > 1 {
                throw Diagnostic(
                    .typeMismatch,
                    "the format KAFKA holds one \(part) column, and there are \(columns.count)",
                    at: place, expected: "one of " + columns.map(\.name).joined(separator: ", "),
                    hint: "give another \(part)_format, such as JSON")
            }
            try refuse(format, columns, place) { type in
                ![.integer, .bigint, .double, .string, .bytes].contains(type)
            }
        case .delimited:
            try refuse(format, columns, place) { type in
                switch type {
                case .array, .map, .structure: return true
                default: return false
                }
            }
        case .json, .jsonSchema: try refuse(format, columns, place, Self.containsOddMap)
        case .avro:
            try refuse(format, columns, place, Self.containsOddMap)
            let names = columns.map(\.name) + columns.flatMap { Self.fieldNames($0.type) }
            if let name = names.first(where: { !AvroSchemaWriter.isFieldName($0) }) {
                throw Diagnostic(
                    .invalidValue, "the format AVRO can't name a field '\(name)'", at: place,
                    expected: "letters, digits and underscores, no digit in front",
                    hint: "give the column another name with AS")
            }
        case .none:
            guard let column = columns.first else { return }
            throw Diagnostic(
                .typeMismatch,
                "the format NONE holds nothing, and there is the \(part) column \(column.name)",
                at: place, hint: "give another \(part)_format, such as JSON")
        case .csv, .lines: break
        }
    }

    private func refuse(
        _ format: Format, _ columns: [RelationColumn], _ place: SourceLocation?, _ isBad: (DataType) -> Bool
    ) throws(Diagnostic) {
        guard let column = columns.first(where: { isBad($0.type) }) else { return }
        throw Diagnostic(
            .typeMismatch,
            "the format \(format.rawValue) does not hold column \(column.name) \(column.type.sql)",
            at: place,
            hint: format.wrapsValues
                ? "a MAP's keys are STRINGs in \(format.rawValue)" : "give another format, such as JSON")
    }

    private static func fieldNames(_ type: DataType) -> [String] {
        switch type {
        case .array(let element), .map(_, let element): return fieldNames(element)
        case .structure(let fields): return fields.flatMap { [$0.name] + fieldNames($0.type) }
        default: return []
        }
    }

    private static func containsMap(_ type: DataType) -> Bool {
        switch type {
        case .map: return true
        case .array(let element): return containsMap(element)
        case .structure(let fields): return fields.contains { containsMap($0.type) }
        default: return false
        }
    }

    /// A MAP whose keys are no STRINGs.
    private static func containsOddMap(_ type: DataType) -> Bool {
        switch type {
        case .map(let key, let value): return key != .string || containsOddMap(value)
        case .array(let element): return containsOddMap(element)
        case .structure(let fields): return fields.contains { containsOddMap($0.type) }
        default: return false
        }
    }
}
