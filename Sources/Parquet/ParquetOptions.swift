/// How a Parquet file is written.
public struct ParquetOptions: Sendable {
    /// How pages are compressed.
    public enum Compression: Hashable, Sendable {
        case none
        case snappy
        case lz4
        /// Levels below zero are faster than 1 and compress less.
        case zstd(level: Int)
    }

    public var compression: Compression
    /// A row group is closed when it has so many rows.
    public var rowGroupRows: Int
    /// A page is closed when its encoded values reach about so many bytes, before compression.
    public var pageBytes: Int
    /// Columns by the name of their top-level field; what is not here is written as its type suggests.
    public var columns: [String: ParquetColumnOptions]

    public init(
        compression: Compression = .zstd(level: 1), rowGroupRows: Int = 1 << 20, pageBytes: Int = 1 << 18,
        columns: [String: ParquetColumnOptions] = [:]
    ) {
        self.compression = compression
        self.rowGroupRows = rowGroupRows
        self.pageBytes = pageBytes
        self.columns = columns
    }
}
