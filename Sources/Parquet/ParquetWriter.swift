import CParquet
import Columnar
import Glibc

/// Encodes batches of one schema into a Parquet file in memory.
///
/// Used by one thread at a time; many writers may run at once. Rows are encoded and compressed as they come,
/// so that what is held is about the size of the file.
public final class ParquetWriter {
    public let schema: Schema
    public private(set) var rowCount = 0
    private let options: ParquetOptions
    private let leaves: [ParquetType.Leaf]
    private var handle: OpaquePointer?
    private var nullCounts: [Int]
    private var hasNaN: [Bool]

    public init(schema: Schema, options: ParquetOptions = ParquetOptions()) {
        self.schema = schema
        self.options = options
        leaves = ParquetType.leaves(of: schema)
        nullCounts = Array(repeating: 0, count: schema.count)
        hasNaN = Array(repeating: false, count: schema.count)
    }

    deinit { if let handle { millrace_parquet_writer_free(handle) } }

    /// Bytes of the complete row groups; the one being written comes on top.
    public var size: Int { handle.map { Int(millrace_parquet_writer_size($0)) } ?? 0 }

    /// Adds rows. The batch's columns have the writer's types, in its order.
    public func write(_ batch: Batch) throws(ParquetError) {
        precondition(
            zip(batch.columns, schema.fields).allSatisfy { $0.type == $1.type },
            "a batch has the writer's types")
        if batch.count == 0 { return }
        for (index, column) in batch.columns.enumerated() {
            try ParquetWriter.checkMapKeys(column, name: schema[index].name)
            nullCounts[index] += column.nullCount
            if !hasNaN[index], ParquetWriter.containsNaN(column) { hasNaN[index] = true }
        }
        let writer = try opened()
        var array = ArrowArrayExport.export(batch) { options.columns[$0]?.narrowing }
        var error: UnsafeMutablePointer<CChar>?
        guard millrace_parquet_writer_write(writer, &array, &error) else {
            throw .rejected(reason: takeReason(error))
        }
        rowCount += batch.count
    }

    /// Writes the footer and hands over the file. The writer must not be used again.
    public func finish() throws(ParquetError) -> ParquetFile {
        let writer = try opened()
        var error: UnsafeMutablePointer<CChar>?
        guard let file = millrace_parquet_writer_finish(writer, &error) else {
            throw .rejected(reason: takeReason(error))
        }
        let statistics = FileStatistics.read(file, leaves: leaves, nullCounts: nullCounts, hasNaN: hasNaN)
        return ParquetFile(handle: file, rowCount: rowCount, statistics: statistics)
    }

    private func opened() throws(ParquetError) -> OpaquePointer {
        if let handle { return handle }
        var settings = millrace_parquet_options()
        switch options.compression {
        case .none: settings.compression = Int32(MILLRACE_PARQUET_NONE.rawValue)
        case .snappy: settings.compression = Int32(MILLRACE_PARQUET_SNAPPY.rawValue)
        case .lz4: settings.compression = Int32(MILLRACE_PARQUET_LZ4.rawValue)
        case .zstd(let level):
            settings.compression = Int32(MILLRACE_PARQUET_ZSTD.rawValue)
            settings.level = Int32(level)
        }
        settings.row_group_rows = Int64(max(1, options.rowGroupRows))
        settings.page_bytes = Int64(max(1, options.pageBytes))
        let columns = leaves.map { columnSettings($0) }
        defer { for column in columns { free(UnsafeMutableRawPointer(mutating: column.path)) } }
        var exported = ArrowSchemaExport.export(schema) { options.columns[$0]?.narrowing }
        var error: UnsafeMutablePointer<CChar>?
        let opened = columns.withUnsafeBufferPointer { list in
            settings.columns = list.baseAddress
            settings.column_count = Int64(list.count)
            return millrace_parquet_writer_open(&exported, &settings, &error)
        }
        guard let opened else { throw .rejected(reason: takeReason(error)) }
        handle = opened
        return opened
    }

    private func columnSettings(_ leaf: ParquetType.Leaf) -> millrace_parquet_column {
        let given = options.columns[leaf.topName] ?? ParquetColumnOptions()
        var column = millrace_parquet_column()
        column.path = UnsafePointer(copiedText(leaf.dottedPath))
        column.statistics = given.hasBounds && leaf.names != nil
        switch (given.encoding, leaf.type) {
        case (.plain, _), (_, .boolean): break
        case (.automatic, .integer), (.automatic, .bigint), (.automatic, .date), (.automatic, .timestamp),
            (.delta, .integer), (.delta, .bigint), (.delta, .date), (.delta, .timestamp):
            column.encoding = Int32(MILLRACE_PARQUET_DELTA_BINARY_PACKED.rawValue)
        default: column.dictionary = true
        }
        return column
    }

    private static func containsNaN(_ column: Column) -> Bool {
        switch column.storage {
        case .fixed where column.type == .double:
            let values = column.doubles
            for row in 0..<column.count where values[row].isNaN && column.isValid(row) { return true }
            return false
        case .structure(let members): return members.contains { containsNaN($0) }
        default: return false
        }
    }

    private static func checkMapKeys(_ column: Column, name: String) throws(ParquetError) {
        if case .map(_, let keys, _) = column.storage, keys.nullCount > 0 {
            throw .rejected(reason: "column \(name) has a MAP with a NULL key, which Parquet does not allow")
        }
        for child in column.children { try checkMapKeys(child, name: name) }
    }
}
