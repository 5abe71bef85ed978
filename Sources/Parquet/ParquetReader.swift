import CParquet
import Columnar

/// Reads a Parquet file that lies in memory, one row group after another.
///
/// Used by one thread at a time. Whatever Arrow reads is read: INT96 times, decimals of any physical type,
/// nested columns, dictionaries. Times finer than a millisecond are cut to it (downwards). A corrupt file
/// gives an error.
public final class ParquetReader {
    /// The top-level columns.
    public let schema: Schema
    /// The numbers of the top-level columns and of those below.
    public let identities: [ColumnIdentity]
    private let storage: UnsafeMutableRawBufferPointer
    private let refusesFinerTimes: Bool
    private let handle: OpaquePointer

    /// - Parameter refusesFinerTimes: whether a time finer than a millisecond is an error when it is read,
    ///   for those who write again what they have read.
    public init(_ bytes: [UInt8], refusesFinerTimes: Bool = false) throws(ParquetError) {
        self.refusesFinerTimes = refusesFinerTimes
        // Arrow keeps the address for as long as it reads, which an array does not promise to keep.
        storage = .allocate(byteCount: max(1, bytes.count), alignment: 64)
        storage.copyBytes(from: bytes)
        var error: UnsafeMutablePointer<CChar>?
        let opened = millrace_parquet_reader_open(
            storage.baseAddress?.assumingMemoryBound(to: UInt8.self), Int64(bytes.count), &error)
        guard let opened else {
            storage.deallocate()
            throw .malformed(reason: takeReason(error))
        }
        handle = opened
        do throws(ParquetError) {
            (schema, identities) = try ParquetReader.schema(opened)
        } catch {
            millrace_parquet_reader_free(opened)
            storage.deallocate()
            throw error
        }
    }

    deinit {
        millrace_parquet_reader_free(handle)
        storage.deallocate()
    }

    public var rowGroupCount: Int { Int(millrace_parquet_reader_row_groups(handle)) }

    /// Rows of all row groups, as the footer has it.
    public var rowCount: Int { (0..<rowGroupCount).reduce(0) { $0 &+ rowCount(of: $1) } }

    /// Rows of a row group, as the footer has it.
    public func rowCount(of rowGroup: Int) -> Int {
        Int(millrace_parquet_reader_rows(handle, Int64(rowGroup)))
    }

    /// All rows, in batches of at most `Batch.rowLimit`.
    /// - Parameter columns: which top-level columns, by their place in `schema`, ascending; all when nil.
    public func readAll(columns: [Int]? = nil) throws(ParquetError) -> [Batch] {
        var batches: [Batch] = []
        for group in 0..<rowGroupCount { batches += try read(rowGroup: group, columns: columns) }
        return batches
    }

    /// The rows of a row group, in batches of at most `Batch.rowLimit`.
    public func read(rowGroup: Int, columns: [Int]? = nil) throws(ParquetError) -> [Batch] {
        let chosen = columns ?? Array(0..<schema.count)
        precondition(chosen.allSatisfy { $0 < schema.count }, "a column is one of the schema's")
        let rows = Int(millrace_parquet_reader_rows(handle, Int64(rowGroup)))
        if chosen.isEmpty { return try emptyBatches(rows: rows) }
        var error: UnsafeMutablePointer<CChar>?
        let opened = chosen.map(Int32.init).withUnsafeBufferPointer {
            millrace_parquet_read(
                handle, Int64(rowGroup), $0.baseAddress, Int64($0.count), Int64(Batch.rowLimit), &error)
        }
        guard let opened else { throw .malformed(reason: takeReason(error)) }
        defer { millrace_parquet_batches_free(opened) }
        var exported = ArrowSchema()
        guard millrace_parquet_batches_schema(opened, &exported, &error) else {
            throw .malformed(reason: takeReason(error))
        }
        defer { exported.release?(&exported) }
        let formats = try ParquetReader.formats(&exported)
        guard formats.count == chosen.count else {
            throw .malformed(reason: "\(formats.count) columns came where \(chosen.count) were asked for")
        }
        let batchSchema = Schema(formats.map { Field($0.name, $0.format.type) })
        var batches: [Batch] = []
        while true {
            var array = ArrowArray()
            let state = millrace_parquet_batches_next(opened, &array, &error)
            if state < 0 { throw .malformed(reason: takeReason(error)) }
            if state == 0 { return batches }
            defer { array.release?(&array) }
            batches.append(try batch(&array, formats, batchSchema))
        }
    }

    private func emptyBatches(rows: Int) throws(ParquetError) -> [Batch] {
        guard rows >= 0, rows < 1 << 40 else { throw .malformed(reason: "a row group of \(rows) rows") }
        return stride(from: 0, to: rows, by: Batch.rowLimit).map {
            Batch(schema: Schema([]), columns: [], count: min(Batch.rowLimit, rows - $0))
        }
    }

    private func batch(
        _ array: inout ArrowArray, _ formats: [(name: String, format: ArrowFormat)], _ schema: Schema
    ) throws(ParquetError) -> Batch {
        guard array.length >= 0, array.offset == 0, Int(array.n_children) == formats.count else {
            throw .malformed(reason: "a batch does not have the columns of its schema")
        }
        var columns: [Column] = []
        for (index, part) in formats.enumerated() {
            guard let child = array.children?[index], child.pointee.length == array.length else {
                throw .malformed(reason: "column \(part.name) is missing in a batch")
            }
            let source = ArrowImport(
                UnsafePointer(child), name: part.name, refusesFinerTimes: refusesFinerTimes)
            columns.append(try source.column(part.format))
        }
        return Batch(schema: schema, columns: columns, count: Int(array.length))
    }

    private static func schema(
        _ handle: OpaquePointer
    ) throws(ParquetError) -> (schema: Schema, identities: [ColumnIdentity]) {
        var exported = ArrowSchema()
        var error: UnsafeMutablePointer<CChar>?
        guard millrace_parquet_reader_schema(handle, &exported, &error) else {
            throw .malformed(reason: takeReason(error))
        }
        defer { exported.release?(&exported) }
        let schema = Schema(try formats(&exported).map { Field($0.name, $0.format.type) })
        return (schema, ColumnIdentity(&exported).children)
    }

    private static func formats(
        _ schema: inout ArrowSchema
    ) throws(ParquetError) -> [(name: String, format: ArrowFormat)] {
        guard case .structure(let members) = try ArrowFormat.parse(&schema, name: "file") else {
            throw .malformed(reason: "the file has no columns")
        }
        return members
    }
}
