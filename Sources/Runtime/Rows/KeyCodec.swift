import Columnar
import Glibc

/// Key values as bytes in a row's blob, and back into columns.
///
/// ```
/// each column  | 0: NULL | or | 1 | value |
/// value        fixed width, little-endian; text: length, bytes; lists: count UInt32, elements
/// length       one byte, or 255 and UInt32
/// ```
struct KeyCodec {
    let types: [DataType]
    private var bytes: [UInt8] = []

    init(types: [DataType]) { self.types = types }

    /// The encoded key of a row; valid until the next call.
    mutating func encode(_ columns: [Column], row: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        bytes.removeAll(keepingCapacity: true)
        for column in columns { append(column, row) }
        bytes.withUnsafeBytes(body)
    }

    private mutating func append(_ column: Column, _ row: Int) {
        guard column.isValid(row) else {
            bytes.append(0)
            return
        }
        bytes.append(1)
        switch column.type {
        case .boolean: bytes.append(column.booleans[row] ? 1 : 0)
        case .integer, .date, .time: append(raw: column.int32s[row])
        case .bigint, .timestamp: append(raw: column.int64s[row])
        case .double: append(raw: column.doubles[row])
        case .decimal: append(raw: column.decimals[row])
        case .string, .bytes:
            let text = column.bytes(at: row)
            if text.count < 255 {
                bytes.append(UInt8(text.count))
            } else {
                bytes.append(255)
                append(raw: UInt32(text.count))
            }
            bytes.append(contentsOf: text)
        case .array, .map:
            let (start, end) = (column.offsets[row], column.offsets[row + 1])
            append(raw: UInt32(end - start))
            for element in start..<end {
                for child in column.children { append(child, Int(element)) }
            }
        case .structure: for member in column.children { append(member, row) }
        }
    }

    private mutating func append<Raw>(raw value: Raw) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    /// Appends the values of an encoded key to one builder for each column. NULLs where the bytes are
    /// missing, or end before.
    static func decode(_ key: UnsafeRawBufferPointer?, into builders: [ColumnBuilder]) {
        var position = 0
        for builder in builders {
            if let key, position < key.count {
                read(key, &position, builder)
            } else {
                builder.appendNull()
            }
        }
    }

    private static func read(
        _ key: UnsafeRawBufferPointer, _ position: inout Int, _ builder: ColumnBuilder
    ) {
        func raw<Raw>(_ type: Raw.Type) -> Raw {
            defer { position += MemoryLayout<Raw>.size }
            return key.loadUnaligned(fromByteOffset: position, as: type)
        }
        guard raw(UInt8.self) == 1 else {
            builder.appendNull()
            return
        }
        switch builder.type {
        case .boolean: builder.append(raw(UInt8.self) == 1)
        case .integer, .date, .time: builder.append(raw(Int32.self))
        case .bigint, .timestamp: builder.append(raw(Int64.self))
        case .double: builder.append(raw(Double.self))
        case .decimal: builder.append(raw(Int128.self))
        case .string, .bytes:
            let short = raw(UInt8.self)
            let length = short == 255 ? Int(raw(UInt32.self)) : Int(short)
            builder.append(UnsafeRawBufferPointer(rebasing: key[position..<position + length]))
            position += length
        case .array, .map:
            for _ in 0..<raw(UInt32.self) {
                for child in builder.children { read(key, &position, child) }
            }
            builder.endList()
        case .structure:
            for child in builder.children { read(key, &position, child) }
            builder.endStructure()
        }
    }
}
