import CParquet
import Columnar

/// A finished Parquet file in memory: its bytes and what its columns hold.
public final class ParquetFile: @unchecked Sendable {
    // Only read after `init`; the bytes never change.
    private let handle: OpaquePointer
    public let rowCount: Int
    /// One entry for each top-level column of a flat type and each flat member of a STRUCT, in file order.
    public let statistics: [ColumnStatistics]
    /// Bytes of the file.
    public let size: Int

    /// Takes over the handle.
    init(handle: OpaquePointer, rowCount: Int, statistics: [ColumnStatistics]) {
        self.handle = handle
        self.rowCount = rowCount
        self.statistics = statistics
        var count: Int64 = 0
        _ = millrace_parquet_file_bytes(handle, &count)
        size = Int(count)
    }

    deinit { millrace_parquet_file_free(handle) }

    /// The file's bytes, valid during `body`.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var count: Int64 = 0
        let start = millrace_parquet_file_bytes(handle, &count)
        let result = try body(UnsafeRawBufferPointer(start: start, count: Int(count)))
        withExtendedLifetime(self) {}
        return result
    }
}
