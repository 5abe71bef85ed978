import Columnar
import Diagnostics

/// Holds a converter against the format in which a relation's keys or values are written.
///
/// The relation says how its messages are read; a converter that would read them otherwise is a mistake.
struct ConverterCheck {
    enum Side: String, CaseIterable {
        case key, value
    }

    /// What a converter reads.
    private enum Reading: Equatable {
        case avro, json, jsonSchema, protobuf
        /// One value, as its bytes or its text.
        case bare(DataType)
        /// One value of a type that messages have not here.
        case foreign(String)
    }

    let side: Side
    let properties: ConnectorProperties
    let relation: Relation

    private var setting: String { side.rawValue + ".converter" }

    private static let readings: [(name: String, reading: Reading)] = [
        ("io.confluent.connect.avro.AvroConverter", .avro),
        ("io.confluent.connect.json.JsonSchemaConverter", .jsonSchema),
        ("io.confluent.connect.protobuf.ProtobufConverter", .protobuf),
        ("org.apache.kafka.connect.json.JsonConverter", .json),
        ("org.apache.kafka.connect.storage.StringConverter", .bare(.string)),
        ("org.apache.kafka.connect.converters.ByteArrayConverter", .bare(.bytes)),
        ("org.apache.kafka.connect.converters.IntegerConverter", .bare(.integer)),
        ("org.apache.kafka.connect.converters.LongConverter", .bare(.bigint)),
        ("org.apache.kafka.connect.converters.DoubleConverter", .bare(.double)),
        ("org.apache.kafka.connect.converters.FloatConverter", .foreign("FLOAT")),
        ("org.apache.kafka.connect.converters.ShortConverter", .foreign("SMALLINT")),
        ("org.apache.kafka.connect.converters.BooleanConverter", .foreign("BOOLEAN")),
    ]

    static let names = readings.map(\.name)

    func run() throws(Diagnostic) {
        guard let name = properties.text(setting), !name.isEmpty else { return }
        let reading = try reading(named: name)
        guard let topic = relation.topic else { return }
        let format = side == .key ? topic.keyFormat : topic.valueFormat
        // What has no key, or no value, is read by none.
        if format == .none { return }
        guard fits(reading, format) else { throw disagreement(name, format) }
        if reading == .json { try checkEnvelope() }
    }

    /// By its whole name, or the last part of it, as Kafka Connect finds classes.
    private func reading(named name: String) throws(Diagnostic) -> Reading {
        for (known, reading) in Self.readings {
            let last = known.split(separator: ".").last.map(String.init) ?? known
            if [known, last, String(last.dropLast("Converter".count))].contains(name) { return reading }
        }
        let suggestion = NearestName.suggestion(for: name, among: Self.names)
        throw properties.invalid(
            setting, name, expected: "a converter of Kafka Connect, such as '\(Self.names[0])'",
            hint: suggestion.map { "did you mean '\($0)'?" })
    }

    private var columns: ArraySlice<RelationColumn> { side == .key ? relation.keys : relation.recordValues }

    private func fits(_ reading: Reading, _ format: SourceProperties.Format) -> Bool {
        switch (reading, format) {
        case (.avro, .avro), (.json, .json), (.jsonSchema, .jsonSchema): return true
        case (.bare(let type), .kafka): return columns.count == 1 && columns.first?.type == type
        case (.bare(.string), .delimited), (.bare(.string), .lines):
            return columns.count == 1 && columns.first?.type == .string
        default: return false
        }
    }

    private func disagreement(_ name: String, _ format: SourceProperties.Format) -> Diagnostic {
        let fitting: String?
        switch format {
        case .avro: fitting = Self.names[0]
        case .jsonSchema: fitting = Self.names[1]
        case .json: fitting = Self.names[3]
        default:
            fitting =
                columns.count == 1
                ? Self.readings.first { fits($0.reading, format) }?.name : nil
        }
        let keyOrValue = "the \(side.rawValue)s of \(relation.name)"
        return Diagnostic(
            .invalidValue,
            "'\(setting)' of \(properties.owner) is \(name), and \(keyOrValue) are \(described(format))",
            at: properties.location(of: setting), expected: fitting.map { "'\($0)'" },
            hint: fitting == nil
                ? "leave it out: \(relation.name) says how its messages are read"
                : "or leave it out: \(relation.name) says how its messages are read")
    }

    private func described(_ format: SourceProperties.Format) -> String {
        guard format == .kafka, columns.count == 1, let type = columns.first?.type else {
            return format.rawValue
        }
        return "\(type.sql) in the format KAFKA"
    }

    /// With `schemas.enable`, which holds where nothing is said, a message is `{"schema": …, "payload": …}`.
    private func checkEnvelope() throws(Diagnostic) {
        let flag = setting + ".schemas.enable"
        guard try properties.boolean(flag, default: true) else { return }
        let isGiven = properties.text(flag) != nil
        throw Diagnostic(
            .invalidValue,
            "\(properties.owner) reads \(side.rawValue)s that bring their schema along "
                + "(\"schema\" and \"payload\"), and those of \(relation.name) are plain JSON",
            at: properties.location(of: isGiven ? flag : setting),
            hint: isGiven
                ? "set '\(flag)' to 'false'"
                : "add '\(flag)' = 'false': without it Kafka Connect takes it for true")
    }
}
