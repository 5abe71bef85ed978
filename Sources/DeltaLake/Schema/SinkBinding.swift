import Columnar
import Diagnostics

/// How the columns of a sink's batches become those of the table: found by name, checked by type, put in
/// order.
struct SinkBinding: Sendable {
    /// For each column of the table the sink's column, or nil where the sink has none and NULL is written.
    private let sources: [Int?]
    /// The columns of the bound batches, as they will come back from the table.
    let schema: Schema
    private let fits: [ColumnFit]
    private let table: [TableField]
    private let required: [Int]
    /// Columns below which values must be there.
    private let requiredBelow: [Int]
    private let partitions: Set<Int>
    private let location: String

    /// Throws a diagnostic that names the column which does not fit, and what to do.
    init(sink: Schema, table metadata: TableMetadata, at location: String) throws(DeltaError) {
        self.location = location
        var sources: [Int?] = Array(repeating: nil, count: metadata.schema.fields.count)
        for (index, field) in sink.fields.enumerated() {
            guard let place = metadata.schema.index(of: field.name) else {
                throw .refused(SinkBinding.unknownColumn(field, metadata, location))
            }
            guard sources[place] == nil else {
                throw .refused(
                    Diagnostic(
                        .duplicateColumn,
                        "column \(field.name) stands twice in the rows for the table at \(location)",
                        hint: "give one of them another name with AS"))
            }
            let expected = metadata.schema.fields[place]
            guard ColumnFit(field.type, in: expected.type) != nil else {
                throw .refused(
                    Diagnostic(
                        .schemaMismatch,
                        "column \(field.name) is \(field.type.sql), but \(expected.type.text) in the table "
                            + "at \(location)",
                        expected: expected.type.columnType?.sql ?? expected.type.text,
                        hint: "CAST the column to the table's type, or write to another path"))
            }
            sources[place] = index
        }
        var columns: [Field] = []
        var required: [Int] = []
        var fits: [ColumnFit] = []
        for (index, field) in metadata.schema.fields.enumerated() {
            if !field.isNullable { required.append(index) }
            let fit = sources[index].flatMap { ColumnFit(sink[$0].type, in: field.type) } ?? .same
            let given = sources[index].map { fit.type(of: sink[$0].type) }
            fits.append(fit)
            guard let type = given ?? field.type.columnType else {
                throw .unsupported(
                    "type \(field.type.text) of column \(field.name)", at: location, doing: "written")
            }
            if sources[index] == nil, !field.isNullable {
                throw .refused(
                    Diagnostic(
                        .schemaMismatch,
                        "the table at \(location) needs column \(field.name), which the rows do not have",
                        expected: "\(field.name) \(type.sql)", hint: "add the column to the query"))
            }
            columns.append(Field(field.name, type))
        }
        self.sources = sources
        partitions = Set(metadata.partitionIndexes)
        self.required = required
        self.fits = fits
        let table = metadata.schema.fields
        self.table = table
        requiredBelow = table.indices.filter { RequiredValues.isDemanded(by: table[$0].type) }
        schema = Schema(columns)
    }

    private static func unknownColumn(
        _ field: Field, _ metadata: TableMetadata, _ location: String
    ) -> Diagnostic {
        let names = metadata.schema.fields.map(\.name)
        let near = NearestName.suggestion(for: field.name, among: names).map { "did you mean \($0)? " } ?? ""
        return Diagnostic(
            .unknownColumn,
            "column \(field.name) \(field.type.sql) does not exist in the table at \(location)",
            expected: "one of " + names.joined(separator: ", "),
            hint: near + "leave the column out, rename it with AS, or write to another path")
    }

    /// The batch with the table's columns.
    func bind(_ batch: Batch) throws(DeltaError) -> Batch {
        var columns: [Column] = []
        for index in schema.fields.indices {
            columns.append(
                try sources[index].map { source throws(DeltaError) in
                    try bind(batch.columns[source], at: index)
                } ?? Column.nulls(schema[index].type, count: batch.count))
        }
        for index in required where columns[index].nullCount > 0 {
            throw missing(schema[index].name)
        }
        for index in requiredBelow {
            if let path = RequiredValues.missing(
                in: columns[index], table[index].type, name: schema[index].name)
            {
                throw missing(path)
            }
        }
        return Batch(schema: schema, columns: columns, count: batch.count)
    }

    /// A column of the sink as it is in the table.
    /// - Parameter place: of the table's column.
    func bind(_ column: Column, at place: Int) throws(DeltaError) -> Column {
        guard let fitted = fits[place].apply(column) else {
            throw .refused(
                Diagnostic(
                    .schemaMismatch,
                    "a value of column \(schema[place].name) does not fit \(table[place].type.text) in the "
                        + "table at \(location)",
                    hint: "filter such rows out, or write to another path"))
        }
        return StoredColumn.stored(fitted, isPartition: partitions.contains(place))
    }

    private func missing(_ name: String) -> DeltaError {
        .refused(
            Diagnostic(
                .schemaMismatch,
                "column \(name) is NULL in a row, which the table at \(location) does not allow",
                hint: "filter such rows out, or give them a value with COALESCE"))
    }
}
