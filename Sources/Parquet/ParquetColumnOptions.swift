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

    /// Types of files for which columns have none of their own.
    public enum Narrowing: Hashable, Sendable {
        /// INTEGER as 8 bits; what does not fit is cut, so check before.
        case int8
        /// INTEGER as 16 bits; what does not fit is cut, so check before.
        case int16
        /// DOUBLE as the nearest 32-bit number.
        case float
        /// TIMESTAMP as a time of no zone.
        case localTime
    }

    public var encoding: Encoding
    /// For top-level columns; nil writes the column as its type is.
    public var narrowing: Narrowing?
    /// Whether the footer has minimum and maximum. The NULLs are counted in any case.
    public var hasBounds: Bool

    public init(encoding: Encoding = .automatic, hasBounds: Bool = true, narrowing: Narrowing? = nil) {
        self.narrowing = narrowing
        self.encoding = encoding
        self.hasBounds = hasBounds
    }
}
