import CParquet
import Columnar
import Glibc

/// Copies one array of the C data interface into a column.
///
/// The array comes from Arrow, which has validated it; what its values cannot be in our types is checked
/// here.
struct ArrowImport {
    let array: UnsafePointer<ArrowArray>
    let name: String
    let refusesFinerTimes: Bool

    var offset: Int { Int(array.pointee.offset) }
    var count: Int { Int(array.pointee.length) }

    init(_ array: UnsafePointer<ArrowArray>, name: String, refusesFinerTimes: Bool) {
        self.array = array
        self.name = name
        self.refusesFinerTimes = refusesFinerTimes
    }

    func column(_ format: ArrowFormat) throws(ParquetError) -> Column {
        switch format {
        case .null: return .nulls(.string, count: count)
        case .boolean:
            let bits = bitmap(buffer(1)) ?? Bitmap(repeating: false, count: count)
            return .booleans(bits, validity: validity)
        case .integer(let bytes, let isSigned, let type): return integers(bytes, isSigned, type)
        case .half, .float, .double: return doubles(format)
        case .decimal(let bytes, _, _): return try decimals(bytes, format.type)
        case .offsets(let bytes, let type): return try texts(offsetBytes: bytes, type: type)
        case .views(let type): return views(type)
        case .fixedBytes(let length): return fixedBytes(length)
        case .date, .time, .timestamp: return try times(format)
        case .list(let bytes, let element):
            let (offsets, range) = try listOffsets(bytes: bytes)
            let elements = try child(0).column(element).slice(range)
            return Column(
                type: format.type, count: count, validity: validity,
                storage: .list(offsets: offsets, elements: elements))
        case .fixedList(let length, let element): return try fixedList(length, element)
        case .map(let key, let value):
            let (offsets, range) = try listOffsets(bytes: 4)
            let entries = child(0)
            let keys = try entries.member(0, key).slice(range)
            let values = try entries.member(1, value).slice(range)
            return Column(
                type: format.type, count: count, validity: validity,
                storage: .map(offsets: offsets, keys: keys, values: values))
        case .structure(let members):
            var columns: [Column] = []
            for (index, part) in members.enumerated() { columns.append(try member(index, part.format)) }
            return Column(type: format.type, count: count, validity: validity, storage: .structure(columns))
        case .dictionary(let bytes, let isSigned, let values): return try dictionary(bytes, isSigned, values)
        }
    }

    // MARK: Parts

    func buffer(_ index: Int) -> UnsafeRawPointer? {
        index < Int(array.pointee.n_buffers) ? array.pointee.buffers?[index] : nil
    }

    func child(_ index: Int) -> ArrowImport {
        ArrowImport(
            // Proof: Arrow's schema, from which the format was read, says that the child is there.
            UnsafePointer(array.pointee.children[index]!), name: name, refusesFinerTimes: refusesFinerTimes)
    }

    /// A member of a structure, whose rows a slice of the structure cuts out.
    private func member(_ index: Int, _ format: ArrowFormat) throws(ParquetError) -> Column {
        let column = try child(index).column(format)
        return column.slice(offset..<offset + count)
    }

    var validity: Bitmap? { array.pointee.null_count == 0 ? nil : bitmap(buffer(0)) }

    /// The bits of this array's rows, from the first one on.
    private func bitmap(_ start: UnsafeRawPointer?) -> Bitmap? {
        guard let start else { return nil }
        let result = Bitmap(repeating: false, count: count)
        if offset & 7 == 0 {
            memcpy(result.buffer.pointer, start + offset / 8, (count + 7) / 8)
            return result
        }
        for row in 0..<count {
            let position = offset + row
            let byte = start.load(fromByteOffset: position >> 3, as: UInt8.self)
            if byte >> UInt8(position & 7) & 1 != 0 { result.set(row) }
        }
        return result
    }

    // MARK: Numbers

    /// Value `row` of a buffer of little-endian integers, sign-extended.
    static func load(
        _ start: UnsafeRawPointer, _ row: Int, bytes: Int, isSigned: Bool
    ) -> Int64 {
        let place = start + row * bytes
        switch (bytes, isSigned) {
        case (1, true): return Int64(place.load(as: Int8.self))
        case (1, false): return Int64(place.load(as: UInt8.self))
        case (2, true): return Int64(place.loadUnaligned(as: Int16.self))
        case (2, false): return Int64(place.loadUnaligned(as: UInt16.self))
        case (4, true): return Int64(place.loadUnaligned(as: Int32.self))
        case (4, false): return Int64(place.loadUnaligned(as: UInt32.self))
        default: return place.loadUnaligned(as: Int64.self)
        }
    }

    private func integers(_ bytes: Int, _ isSigned: Bool, _ type: DataType) -> Column {
        let values = Buffer(capacity: count * type.width, zeroed: true)
        if let start = buffer(1) {
            if bytes == type.width {
                memcpy(values.pointer, start + offset * bytes, count * bytes)
            } else {
                for row in 0..<count {
                    let value = ArrowImport.load(start, offset + row, bytes: bytes, isSigned: isSigned)
                    switch type {
                    case .integer:
                        values.pointer.storeBytes(
                            of: Int32(truncatingIfNeeded: value), toByteOffset: row * 4, as: Int32.self)
                    case .bigint: values.pointer.storeBytes(of: value, toByteOffset: row * 8, as: Int64.self)
                    default:
                        values.pointer.storeBytes(
                            of: Int128(UInt64(bitPattern: value)), toByteOffset: row * 16, as: Int128.self)
                    }
                }
            }
        }
        return .fixed(type, count: count, validity: validity, values: values)
    }

    private func doubles(_ format: ArrowFormat) -> Column {
        let values = Buffer(capacity: count * 8, zeroed: true)
        let out = values.pointer.assumingMemoryBound(to: Double.self)
        if let start = buffer(1) {
            switch format {
            case .half:
                for row in 0..<count {
                    let bits = (start + (offset + row) * 2).loadUnaligned(as: UInt16.self)
                    out[row] = HalfPrecision.double(bits: bits)
                }
            case .float:
                for row in 0..<count {
                    out[row] = Double((start + (offset + row) * 4).loadUnaligned(as: Float.self))
                }
            default: memcpy(values.pointer, start + offset * 8, count * 8)
            }
        }
        return .fixed(.double, count: count, validity: validity, values: values)
    }

    private func decimals(_ bytes: Int, _ type: DataType) throws(ParquetError) -> Column {
        let values = Buffer(capacity: count * 16, zeroed: true)
        let out = values.pointer.assumingMemoryBound(to: Int128.self)
        let valid = validity
        guard let start = buffer(1) else {
            return .fixed(type, count: count, validity: valid, values: values)
        }
        for row in 0..<count where valid.map({ $0[row] }) ?? true {
            let place = start + (offset + row) * bytes
            switch bytes {
            case 4: out[row] = Int128(place.loadUnaligned(as: Int32.self))
            case 8: out[row] = Int128(place.loadUnaligned(as: Int64.self))
            default:
                out[row] = place.loadUnaligned(as: Int128.self)
                if bytes == 32, (place + 16).loadUnaligned(as: Int128.self) != (out[row] < 0 ? -1 : 0) {
                    throw .unsupported(reason: "column \(name) has a decimal of more than 38 digits")
                }
            }
        }
        return .fixed(type, count: count, validity: valid, values: values)
    }

    private func times(_ format: ArrowFormat) throws(ParquetError) -> Column {
        let type = format.type
        let values = Buffer(capacity: count * type.width, zeroed: true)
        guard let start = buffer(1) else {
            return .fixed(type, count: count, validity: validity, values: values)
        }
        let days = values.pointer.assumingMemoryBound(to: Int32.self)
        let milliseconds = values.pointer.assumingMemoryBound(to: Int64.self)
        for row in 0..<count {
            switch format {
            case .date(isDays: true):
                days[row] = (start + (offset + row) * 4).loadUnaligned(as: Int32.self)
            case .date:
                let value = (start + (offset + row) * 8).loadUnaligned(as: Int64.self)
                days[row] = Int32(truncatingIfNeeded: Civil.floorDivide(value, Civil.millisecondsPerDay))
            case .time(let perSecond):
                let isShort = perSecond <= 1000
                let value = ArrowImport.load(start, offset + row, bytes: isShort ? 4 : 8, isSigned: true)
                days[row] = Int32(truncatingIfNeeded: ArrowImport.milliseconds(value, perSecond: perSecond))
            case .timestamp(let perSecond):
                let value = (start + (offset + row) * 8).loadUnaligned(as: Int64.self)
                milliseconds[row] = ArrowImport.milliseconds(value, perSecond: perSecond)
                if refusesFinerTimes, perSecond > 1000, milliseconds[row] &* (perSecond / 1000) != value {
                    throw .unsupported(reason: "column \(name) has times finer than a millisecond")
                }
            default: break
            }
        }
        return .fixed(type, count: count, validity: validity, values: values)
    }

    private static func milliseconds(_ value: Int64, perSecond: Int64) -> Int64 {
        switch perSecond {
        case 1: return value &* 1000
        case 1000: return value
        default: return Civil.floorDivide(value, perSecond / 1000)
        }
    }
}
