import Columnar

/// Values of any type as bytes, for the states of aggregate functions.
///
/// ```
/// value   | 0 (NULL) or 1 | content |
/// content   fixed width: the value, little endian; BOOLEAN one byte
/// text: length UInt32, bytes; ARRAY: length UInt32, values; MAP: length, then key and value in turn
/// STRUCT: its members' values
/// ```
enum RowCodec {
    static func encode(_ column: Column, _ row: Int, into bytes: inout [UInt8]) {
        guard column.isValid(row) else { return bytes.append(0) }
        bytes.append(1)
        switch column.type {
        case .boolean: bytes.append(column.booleans[row] ? 1 : 0)
        case .integer, .date, .time: append(column.int32s[row], to: &bytes)
        case .bigint, .timestamp: append(column.int64s[row], to: &bytes)
        case .double: append(column.doubles[row].bitPattern, to: &bytes)
        case .decimal: append(column.decimals[row], to: &bytes)
        case .string, .bytes:
            let text = column.bytes(at: row)
            append(UInt32(truncatingIfNeeded: text.count), to: &bytes)
            bytes += text
        case .array:
            let range = column.range(at: row)
            append(UInt32(truncatingIfNeeded: range.count), to: &bytes)
            for element in range { encode(column.children[0], element, into: &bytes) }
        case .map: bytes += map(column, row)
        case .structure: for member in column.children { encode(member, row, into: &bytes) }
        }
    }

    /// Equal MAPs have equal bytes, in whatever order their entries came.
    private static func map(_ column: Column, _ row: Int) -> [UInt8] {
        let range = column.range(at: row)
        var bytes: [UInt8] = []
        append(UInt32(truncatingIfNeeded: range.count), to: &bytes)
        let entries = range.map { element -> [UInt8] in
            var entry: [UInt8] = []
            for child in column.children { encode(child, element, into: &entry) }
            return entry
        }
        for entry in entries.sorted(by: { $0.lexicographicallyPrecedes($1) }) { bytes += entry }
        return bytes
    }

    private static func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    /// Appends the value at `position` to the builder and moves behind it. The bytes are this program's own.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, into builder: ColumnBuilder
    ) {
        guard read(bytes, &position, UInt8.self) == 1 else { return builder.appendNull() }
        switch builder.type {
        case .boolean: builder.append(read(bytes, &position, UInt8.self) == 1)
        case .integer, .date, .time: builder.append(read(bytes, &position, Int32.self))
        case .bigint, .timestamp: builder.append(read(bytes, &position, Int64.self))
        case .double: builder.append(Double(bitPattern: read(bytes, &position, UInt64.self)))
        case .decimal: builder.append(read(bytes, &position, Int128.self))
        case .string, .bytes:
            let count = Int(read(bytes, &position, UInt32.self))
            builder.append(UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
            position += count
        case .array, .map:
            for _ in 0..<read(bytes, &position, UInt32.self) {
                for child in builder.children { decode(bytes, &position, into: child) }
            }
            builder.endList()
        case .structure:
            for member in builder.children { decode(bytes, &position, into: member) }
            builder.endStructure()
        }
    }

    private static func read<T: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ type: T.Type
    ) -> T {
        defer { position += MemoryLayout<T>.size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
    }
}
