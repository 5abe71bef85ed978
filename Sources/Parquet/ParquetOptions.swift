/// How a Parquet file is written.
public struct ParquetOptions: Sendable {
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

/// How one column of a Parquet file is written.
public struct ParquetColumnOptions: Sendable {
    public enum Encoding: Sendable {
        /// Deltas for whole numbers and times, else a dictionary: what measured fastest for events. A dictionary that
        /// does not pay is given up after 1 MiB and costs 2 % of the column's time.
        case automatic
        case plain
        case dictionary
        /// DELTA_BINARY_PACKED; for columns of whole numbers and times, else plain.
        case delta
    }

    public var encoding: Encoding
    /// Whether the footer has minimum and maximum. The NULLs are counted in any case.
    public var hasBounds: Bool

    public init(encoding: Encoding = .automatic, hasBounds: Bool = true) {
        self.encoding = encoding
        self.hasBounds = hasBounds
    }
}
