import Columnar
import Connectors
import Formats
import Planning
import Registry

/// A row of INSERT INTO … VALUES on its way to a source.
struct InsertedRow {
    private let given: GivenRow
    /// Milliseconds since the epoch.
    private let eventTime: Int64

    init(_ given: GivenRow, clock: Int64) {
        self.given = given
        if case .bigint(let time) = given.pseudoValues[.rowTime] {
            eventTime = time
        } else {
            eventTime = clock
        }
    }

    /// What the statement may name beside columns: a message's time; of a file's line, how it is written.
    static func pseudoColumns(of relation: Relation?) -> Set<PseudoColumn> {
        guard case .source(let properties) = relation?.origin, case .files = properties.connector else {
            return [.rowTime]
        }
        return [.rowRaw]
    }

    /// What assertions see of it.
    var record: MemorySink.Record { MemorySink.Record(row: given.complete, eventTime: eventTime) }

    /// The message of a topic.
    func message(_ registry: any SchemaDirectory) -> MemoryRecord? {
        guard let topic = given.relation.topic else { return nil }
        return TopicCodec(relation: given.relation, topic: topic, registry: registry)
            .message(given.complete, eventTime: eventTime)
    }

    /// The line of a file.
    ///
    /// JSON has the columns that the statement names and no others; CSV has all.
    func line(_ properties: SourceProperties) -> String {
        if case .bytes(let raw) = given.pseudoValues[.rowRaw] { return String(decoding: raw, as: UTF8.self) }
        switch properties.valueFormat {
        case .csv, .delimited:
            let options = CSVOptions(delimiter: properties.delimiter?.utf8.first ?? UInt8(ascii: ","))
            let batch = GivenColumns(given, onlyNamed: false).batch
            return text(CSVEncoder(schema: batch.schema, options: options, emptyText: .bare), batch)
        case .lines:
            if case .string(let line) = given.complete.first { return line }
            return ""
        case .json, .avro, .jsonSchema, .kafka, .none:
            // Files of Avro are read as lines of JSON.
            let batch = GivenColumns(given, onlyNamed: true).batch
            return text(JSONEncoder(schema: batch.schema), batch)
        }
    }

    private func text(_ encoder: some RecordEncoder, _ batch: Batch) -> String {
        String(decoding: encoder.encode(batch).bytes(0) ?? [], as: UTF8.self)
    }
}
