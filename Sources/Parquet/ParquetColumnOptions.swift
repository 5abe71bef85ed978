/// How one column of a Parquet file is written.
public struct ParquetColumnOptions: Sendable {
    /// How values become bytes, before compression.
    public enum Encoding: Sendable {
        /// Deltas for whole numbers and times, else a dictionary: what measured fastest for events. A
        /// dictionary that does not pay is given up after 1 MiB and costs 2 % of the column's time.
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
