import Columnar

/// Values as bytes that order as the values do, byte by byte: for states that keep values sorted.
enum OrderedKey {
    /// Appends the key of a valid row of a type that has an order.
    static func append(_ column: Column, _ row: Int, to bytes: inout [UInt8]) {
        switch column.type {
        case .integer, .date, .time: append(UInt32(bitPattern: column.int32s[row]) ^ 1 << 31, to: &bytes)
        case .bigint, .timestamp: append(UInt64(bitPattern: column.int64s[row]) ^ 1 << 63, to: &bytes)
        case .double:
            let bits = column.doubles[row].bitPattern
            append(bits >> 63 == 1 ? ~bits : bits ^ 1 << 63, to: &bytes)
        case .decimal: append(UInt128(bitPattern: column.decimals[row]) ^ 1 << 127, to: &bytes)
        case .string, .bytes: bytes += column.bytes(at: row)
        default: preconditionFailure("\(column.type.sql) has no order")
        }
    }

    private static func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }
}
