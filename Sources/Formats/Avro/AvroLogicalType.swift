/// What a value of a physical Avro type means.
///
/// Logical types that are malformed, or unknown, are no error: the specification has readers ignore them.
public enum AvroLogicalType: Hashable, Sendable {
    /// Big-endian two's complement in bytes or a fixed.
    case decimal(precision: Int, scale: Int)
    /// Days since 1970-01-01, of an int.
    case date
    /// Milliseconds of the day, of an int.
    case timeMillis
    /// Microseconds of the day, of a long.
    case timeMicros
    /// Since 1970-01-01 UTC, of a long.
    case timestampMillis
    case timestampMicros
    /// Since 1970-01-01 in a time zone that the data does not tell, of a long.
    case localTimestampMillis
    case localTimestampMicros
    /// Text, of a string.
    case uuid
}
