import Parquet

/// How data files are written.
public struct WriteOptions: Sendable {
    public var compression: ParquetOptions.Compression
    /// A file is closed when it has about so many bytes.
    public var targetFileBytes: Int
    /// A file has at most so many rows.
    public var fileRows: Int
    /// Rows of a row group: what a reader must hold at once.
    public var rowGroupRows: Int
    /// Columns whose bounds nobody asks for, such as a raw record; their encodings.
    public var columns: [String: ParquetColumnOptions]

    /// Whether text columns have bounds. Finding them takes a sixth of the time of an event table, and says
    /// little where files are not sorted by such a column.
    public var hasTextBounds: Bool

    public init(
        compression: ParquetOptions.Compression = .zstd(level: 1), targetFileBytes: Int = 96 << 20,
        fileRows: Int = .max, rowGroupRows: Int = 1 << 18, columns: [String: ParquetColumnOptions] = [:],
        hasTextBounds: Bool = true
    ) {
        self.compression = compression
        self.targetFileBytes = targetFileBytes
        self.fileRows = fileRows
        self.rowGroupRows = rowGroupRows
        self.columns = columns
        self.hasTextBounds = hasTextBounds
    }
}
