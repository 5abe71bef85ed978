import Columnar
import Diagnostics
import Formats

/// Brings the columns of a table in line with the rows that are to be written: columns that it lacks are
/// added at the end, and types widened where the table allows that.
enum SchemaEvolution {
    /// The metadata with the columns; the same where nothing lacks.
    static func evolved(
        _ metadata: TableMetadata, for sink: Schema, at location: String
    ) throws(DeltaError) -> TableMetadata {
        var fields = metadata.schema.fields
        for field in sink.fields {
            guard let place = metadata.schema.index(of: field.name) else {
                try NewTable.checkName(field.name, at: location)
                fields.append(TableField(name: field.name, type: TableType(field.type)))
                continue
            }
            let present = fields[place]
            guard ColumnFit(field.type, in: present.type) == nil,
                let wider = widened(present.type, for: field.type),
                !metadata.partitionColumns.contains(present.name)
            else { continue }
            guard metadata.configuration["delta.enableTypeWidening"] == "true" else {
                throw .refused(
                    Diagnostic(
                        .schemaMismatch,
                        "column \(field.name) is \(field.type.sql), but \(present.type.text) in the table at "
                            + "\(location), whose types may not be widened",
                        expected: present.type.columnType?.sql ?? present.type.text,
                        hint: "CAST the column, or set the table's property delta.enableTypeWidening, which "
                            + "not all engines can read"))
            }
            fields[place] = changed(present, to: wider)
        }
        if fields == metadata.schema.fields { return metadata }
        return metadata.with(TableSchema(fields))
    }

    /// The type that holds the values of both; nil where the protocol allows no such change.
    static func widened(_ present: TableType, for type: DataType) -> TableType? {
        switch (present, type) {
        case (.byte, .bigint), (.short, .bigint), (.integer, .bigint): return .long
        case (.byte, .double), (.short, .double), (.integer, .double): return .double
        case (.decimal(let precision, let scale), .decimal(let digits, let places)):
            let wide = max(scale, places)
            let whole = max(precision - scale, digits - places)
            guard whole + wide <= Decimals.maximumPrecision else { return nil }
            return .decimal(precision: whole + wide, scale: wide)
        default: return nil
        }
    }

    private static func changed(_ field: TableField, to type: TableType) -> TableField {
        let change: JSONValue = ["fromType": .string(field.type.text), "toType": .string(type.text)]
        let before = field.metadata.last { $0.name == "delta.typeChanges" }?.value.array ?? []
        let kept = field.metadata.filter { $0.name != "delta.typeChanges" }
        return TableField(
            name: field.name, type: type, isNullable: field.isNullable,
            metadata: kept + [.init("delta.typeChanges", .array(before + [change]))])
    }
}
