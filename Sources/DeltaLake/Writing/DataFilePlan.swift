import Columnar
import Parquet

/// What all data files of a sink share; made once, checked against the table.
struct DataFilePlan: Sendable {
    let binding: SinkBinding
    let splitter: PartitionSplitter
    let options: WriteOptions
    let parquet: ParquetOptions

    /// - Parameter keys: columns by which rows are found again; they have bounds in any case.
    init(
        sink: Schema, metadata: TableMetadata, options: WriteOptions, keys: Set<String> = [],
        at location: String
    ) throws(DeltaError) {
        binding = try SinkBinding(sink: sink, table: metadata, at: location)
        splitter = PartitionSplitter(schema: binding.schema, metadata: metadata)
        self.options = options
        var columns: [String: ParquetColumnOptions] = [:]
        var left = TableProperties.indexedColumns(metadata)
        for field in splitter.dataSchema.fields {
            let name = options.columns.keys.first { $0.lowercased() == field.name.lowercased() }
            var column = name.flatMap { options.columns[$0] } ?? ParquetColumnOptions()
            if left <= 0 || (field.type.isText && !options.hasTextBounds) { column.hasBounds = false }
            if keys.contains(field.name) { column.hasBounds = true }
            left -= DataFilePlan.leafCount(field.type)
            column.narrowing = metadata.schema.index(of: field.name).flatMap {
                ColumnFit.narrowing(metadata.schema.fields[$0].type)
            }
            columns[field.name] = column
        }
        parquet = ParquetOptions(
            compression: options.compression, rowGroupRows: min(options.rowGroupRows, options.fileRows),
            columns: columns)
    }

    private static func leafCount(_ type: DataType) -> Int {
        if case .structure(let fields) = type { return fields.reduce(0) { $0 + leafCount($1.type) } }
        return 1
    }
}
