import Columnar
import Parquet

/// Lays out a snapshot as the rows of a classic checkpoint.
struct CheckpointWriter {
    private static let texts = DataType.map(key: .string, value: .string)

    private static let schema = Schema([
        Field(
            "txn",
            .structure([Field("appId", .string), Field("version", .bigint), Field("lastUpdated", .bigint)])),
        Field(
            "add",
            .structure([
                Field("path", .string), Field("partitionValues", texts), Field("size", .bigint),
                Field("modificationTime", .bigint), Field("dataChange", .boolean), Field("tags", texts),
                Field("stats", .string),
            ])),
        Field(
            "remove",
            .structure([
                Field("path", .string), Field("deletionTimestamp", .bigint), Field("dataChange", .boolean),
                Field("extendedFileMetadata", .boolean), Field("partitionValues", texts),
                Field("size", .bigint),
            ])),
        Field(
            "metaData",
            .structure([
                Field("id", .string), Field("name", .string), Field("description", .string),
                Field("format", .structure([Field("provider", .string), Field("options", texts)])),
                Field("schemaString", .string), Field("partitionColumns", .array(.string)),
                Field("configuration", texts), Field("createdTime", .bigint),
            ])),
        Field(
            "protocol",
            .structure([
                Field("minReaderVersion", .integer), Field("minWriterVersion", .integer),
                Field("readerFeatures", .array(.string)), Field("writerFeatures", .array(.string)),
            ])),
        Field(
            "domainMetadata",
            .structure([
                Field("domain", .string), Field("configuration", .string), Field("removed", .boolean),
            ])),
    ])

    private var builders = schema.fields.map { ColumnBuilder(type: $0.type) }
    private var count = 0
    private let writer = ParquetWriter(
        schema: schema, options: ParquetOptions(compression: .snappy, rowGroupRows: 1 << 17))

    /// The checkpoint file, and how many actions it holds.
    static func write(_ snapshot: Snapshot) throws(DeltaError) -> (file: ParquetFile, actions: Int) {
        var writer = CheckpointWriter()
        do throws(ParquetError) {
            return try writer.write(snapshot)
        } catch {
            throw .corrupt("a checkpoint cannot be written: \(error.reason)")
        }
    }

    private mutating func write(
        _ snapshot: Snapshot
    ) throws(ParquetError) -> (file: ParquetFile, actions: Int) {
        try append("protocol", CheckpointWriter.row(snapshot.tableProtocol))
        try append("metaData", CheckpointWriter.row(snapshot.metadata))
        for transaction in snapshot.transactions.values.sorted(by: { $0.appId < $1.appId }) {
            try append(
                "txn",
                [
                    .string(transaction.appId), .bigint(transaction.version),
                    transaction.lastUpdated.map { .bigint($0) } ?? .null,
                ])
        }
        for domain in snapshot.domains.values.sorted(by: { $0.domain < $1.domain }) {
            try append(
                "domainMetadata", [.string(domain.domain), .string(domain.configuration), .boolean(false)])
        }
        for file in snapshot.files.values { try append("add", CheckpointWriter.row(file)) }
        for file in snapshot.removed.values { try append("remove", CheckpointWriter.row(file)) }
        try flush()
        return (try writer.finish(), writer.rowCount)
    }

    private mutating func append(_ kind: String, _ members: [Value]) throws(ParquetError) {
        for (index, field) in CheckpointWriter.schema.fields.enumerated() {
            if field.name == kind {
                builders[index].append(.structure(members))
            } else {
                builders[index].appendNull()
            }
        }
        count += 1
        if count == 8192 { try flush() }
    }

    private mutating func flush() throws(ParquetError) {
        if count == 0 { return }
        try writer.write(
            Batch(schema: CheckpointWriter.schema, columns: builders.map { $0.finish() }, count: count))
        builders = CheckpointWriter.schema.fields.map { ColumnBuilder(type: $0.type) }
        count = 0
    }

    // MARK: Rows

    private static func map(_ texts: [String: String?]?) -> Value {
        guard let texts else { return .null }
        return .map(
            texts.sorted { $0.key < $1.key }.map { name, text in
                (key: .string(name), value: text.map { .string($0) } ?? .null)
            })
    }

    private static func texts(_ texts: [String]?) -> Value {
        texts.map { .array($0.map { .string($0) }) } ?? .null
    }
    private static func text(_ text: String?) -> Value { text.map { .string($0) } ?? .null }
    private static func number(_ number: Int64?) -> Value { number.map { .bigint($0) } ?? .null }

    private static func row(_ value: TableProtocol) -> [Value] {
        [
            .integer(Int32(truncatingIfNeeded: value.minReaderVersion)),
            .integer(Int32(truncatingIfNeeded: value.minWriterVersion)), texts(value.readerFeatures),
            texts(value.writerFeatures),
        ]
    }

    private static func row(_ value: TableMetadata) -> [Value] {
        [
            .string(value.id), text(value.name), text(value.comment),
            .structure([.string("parquet"), .map([])]),
            .string(value.schemaString), texts(value.partitionColumns),
            map(value.configuration.mapValues { $0 }), number(value.createdTime),
        ]
    }

    private static func row(_ file: AddFile) -> [Value] {
        // A checkpoint tells what is there, not what changed.
        [
            .string(file.path), map(file.partitionValues), .bigint(file.size), .bigint(file.modificationTime),
            .boolean(false), map(file.tags), text(file.stats),
        ]
    }

    private static func row(_ file: RemoveFile) -> [Value] {
        [
            .string(file.path), number(file.deletionTimestamp), .boolean(false),
            .boolean(file.partitionValues != nil && file.size != nil), map(file.partitionValues),
            number(file.size),
        ]
    }
}
