import Columnar

/// A column as the encoder's loop sees it: nothing in it is counted by ARC.
struct WireCell {
    /// From what in memory to what on the wire.
    enum Conversion: UInt8 {
        case boolean, int32, int64, float4, float8, decimal, integerNumeric, bigintNumeric
        case int32ToInt2, int32ToInt8, int64ToInt2, int64ToInt4
        case bytes, json, jsonb, uuid, date, time, timestamp, array, nestedText, nestedJSONB
    }

    let conversion: Conversion
    let scale: Int
    let values: UnsafeRawPointer
    let validity: UnsafePointer<UInt64>?
    let bases: UnsafeMutablePointer<UnsafeRawPointer>
    /// Of an array: where the cell of its elements is, and their type.
    let child: Int
    let elementOID: UInt32

    init(_ column: Column, _ wire: WireType, child: Int) {
        conversion = Self.conversion(column.type, wire)
        if case .decimal(_, let digits) = column.type { scale = digits } else { scale = 0 }
        if case .bits(let bits) = column.storage {
            values = UnsafeRawPointer(bits.words)
        } else {
            values = UnsafeRawPointer(column.int64s)
        }
        validity = column.validity.map { UnsafePointer($0.words) }
        bases = column.dataBases
        self.child = child
        if case .array(_, let oid) = wire { elementOID = oid } else { elementOID = 0 }
    }

    private static func conversion(_ type: DataType, _ wire: WireType) -> Conversion {
        switch (type, wire) {
        case (.boolean, _): return .boolean
        case (.integer, .int2): return .int32ToInt2
        case (.integer, .int8): return .int32ToInt8
        case (.integer, .numeric): return .integerNumeric
        case (.integer, _): return .int32
        case (.bigint, .int2): return .int64ToInt2
        case (.bigint, .int4): return .int64ToInt4
        case (.bigint, .numeric): return .bigintNumeric
        case (.bigint, _): return .int64
        case (.double, .float4): return .float4
        case (.double, _): return .float8
        case (.decimal, _): return .decimal
        case (.string, .uuid): return .uuid
        case (.string, .jsonb): return .jsonb
        case (.string, _), (.bytes, _): return .bytes
        case (.date, _): return .date
        case (.time, _): return .time
        case (.timestamp, _): return .timestamp
        case (.array, .array): return .array
        case (.array, .jsonb), (.map, .jsonb), (.structure, .jsonb): return .nestedJSONB
        case (.array, _), (.map, _), (.structure, _): return .nestedText
        }
    }

    @inline(__always) func isNull(_ row: Int) -> Bool {
        guard let validity else { return false }
        return validity[row >> 6] >> UInt64(row & 63) & 1 == 0
    }

    @inline(__always) func int32(_ row: Int) -> Int32 {
        values.load(fromByteOffset: row &* 4, as: Int32.self)
    }

    @inline(__always) func int64(_ row: Int) -> Int64 {
        values.load(fromByteOffset: row &* 8, as: Int64.self)
    }

    @inline(__always) func double(_ row: Int) -> Double {
        values.load(fromByteOffset: row &* 8, as: Double.self)
    }

    @inline(__always) func decimal(_ row: Int) -> Int128 {
        values.load(fromByteOffset: row &* 16, as: Int128.self)
    }

    @inline(__always) func boolean(_ row: Int) -> Bool {
        values.load(fromByteOffset: row >> 6 &* 8, as: UInt64.self) >> UInt64(row & 63) & 1 != 0
    }

    @inline(__always) func bytes(_ row: Int) -> UnsafeRawBufferPointer {
        let place = values + row &* 16
        let view = place.load(as: StringView.self)
        let start = view.isInline ? place + 4 : bases[view.bufferIndex] + view.offset
        return UnsafeRawBufferPointer(start: start, count: view.length)
    }
}
