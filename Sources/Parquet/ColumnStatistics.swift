import Columnar

/// What is known of all values of one leaf column of a file.
public struct ColumnStatistics: Sendable {
    /// The names from the top-level column to the member of a STRUCT; elements of ARRAY and MAP have none.
    public let path: [String]
    public let type: DataType
    /// NULLs of a top-level column, counted over all rows; nil for members of a STRUCT.
    public let nullCount: Int?
    /// nil when there are no values, when a DOUBLE is NaN (which has no place in an order), or when the
    /// bounds were not asked for or are too long to be kept (over 4 KiB).
    public let minimum: Value?
    public let maximum: Value?

    public init(path: [String], type: DataType, nullCount: Int?, minimum: Value?, maximum: Value?) {
        self.path = path
        self.type = type
        self.nullCount = nullCount
        self.minimum = minimum
        self.maximum = maximum
    }
}
