import CParquet
import Columnar
import Glibc

extension ArrowImport {
    // MARK: Text

    func texts(offsetBytes: Int, type: DataType) throws(ParquetError) -> Column {
        let views = Buffer(capacity: count * 16, zeroed: true)
        guard let offsets = buffer(1), count > 0 else {
            return Column(type: type, count: count, validity: validity, storage: .views(views, data: []))
        }
        let first = ArrowImport.load(offsets, offset, bytes: offsetBytes, isSigned: true)
        let end = ArrowImport.load(offsets, offset + count, bytes: offsetBytes, isSigned: true)
        guard end - first <= Int64(UInt32.max) else {
            throw .unsupported(reason: "column \(name) has over 4 GB of text in one batch")
        }
        let data = Buffer(capacity: Int(end - first))
        if let source = buffer(2), end > first { memcpy(data.pointer, source + Int(first), Int(end - first)) }
        let out = views.pointer.assumingMemoryBound(to: StringView.self)
        let valid = validity
        var start = 0
        for row in 0..<count {
            let next = Int(
                ArrowImport.load(offsets, offset + row + 1, bytes: offsetBytes, isSigned: true) - first)
            if valid.map({ $0[row] }) ?? true {
                out[row] = StringView(base: data.pointer, buffer: 0, offset: start, length: next - start)
            }
            start = next
        }
        return Column(type: type, count: count, validity: valid, storage: .views(views, data: [data]))
    }

    func views(_ type: DataType) -> Column {
        let values = Buffer(capacity: count * 16, zeroed: true)
        if let start = buffer(1) { memcpy(values.pointer, start + offset * 16, count * 16) }
        let dataCount = max(0, Int(array.pointee.n_buffers) - 3)
        let sizes = buffer(dataCount + 2)?.assumingMemoryBound(to: Int64.self)
        var data: [Buffer] = []
        for index in 0..<dataCount {
            let size = sizes.map { Int($0[index]) } ?? 0
            data.append(Buffer(copying: UnsafeRawBufferPointer(start: buffer(index + 2), count: size)))
        }
        let valid = validity
        let out = values.pointer.assumingMemoryBound(to: StringView.self)
        // What stands in a NULL's slot is anybody's guess, and ours must be harmless.
        for row in 0..<count where !(valid.map { $0[row] } ?? true) { out[row] = StringView() }
        return Column(type: type, count: count, validity: valid, storage: .views(values, data: data))
    }

    func fixedBytes(_ length: Int) -> Column {
        let builder = ColumnBuilder(type: .bytes, capacity: count)
        let valid = validity
        for row in 0..<count {
            if valid.map({ $0[row] }) ?? true, let start = buffer(1) {
                builder.append(UnsafeRawBufferPointer(start: start + (offset + row) * length, count: length))
            } else {
                builder.appendNull()
            }
        }
        return builder.finish()
    }

    // MARK: Lists

    /// The offsets from 0 on, and the rows of the child that they cover.
    func listOffsets(bytes: Int) throws(ParquetError) -> (Buffer, Range<Int>) {
        let result = Buffer(capacity: (count + 1) * 4, zeroed: true)
        guard let offsets = buffer(1) else { return (result, 0..<0) }
        let out = result.pointer.assumingMemoryBound(to: Int32.self)
        let first = ArrowImport.load(offsets, offset, bytes: bytes, isSigned: true)
        var last = first
        for row in 0...count {
            last = ArrowImport.load(offsets, offset + row, bytes: bytes, isSigned: true)
            guard let distance = Int32(exactly: last - first), distance >= 0 else {
                throw .unsupported(reason: "column \(name) has over 2 billion elements in one batch")
            }
            out[row] = distance
        }
        return (result, Int(first)..<Int(last))
    }

    func fixedList(_ length: Int, _ element: ArrowFormat) throws(ParquetError) -> Column {
        let elements = try child(0).column(element).slice(offset * length..<(offset + count) * length)
        let offsets = Buffer(capacity: (count + 1) * 4)
        let out = offsets.pointer.assumingMemoryBound(to: Int32.self)
        for row in 0...count { out[row] = Int32(truncatingIfNeeded: row * length) }
        return Column(
            type: .array(element.type), count: count, validity: validity,
            storage: .list(offsets: offsets, elements: elements))
    }

    // MARK: Dictionaries

    func dictionary(
        _ indexBytes: Int, _ isSigned: Bool, _ format: ArrowFormat
    ) throws(ParquetError) -> Column {
        guard let dictionary = array.pointee.dictionary, let start = buffer(1) else {
            return .nulls(format.type, count: count)
        }
        let values = try ArrowImport(
            UnsafePointer(dictionary), name: name, refusesFinerTimes: refusesFinerTimes
        ).column(format)
        let valid = validity
        var rows = [Int32](repeating: 0, count: count)
        for row in 0..<count where valid.map({ $0[row] }) ?? true {
            let index = ArrowImport.load(start, offset + row, bytes: indexBytes, isSigned: isSigned)
            guard index >= 0, index < Int64(values.count) else {
                throw .malformed(reason: "column \(name) points outside of its dictionary")
            }
            rows[row] = Int32(truncatingIfNeeded: index)
        }
        if values.count == 0 { return .nulls(format.type, count: count) }
        let taken = values.gather(Selection(rows))
        guard let valid else { return taken }
        return Column(
            type: taken.type, count: count, validity: Bitmap.intersection(valid, taken.validity),
            storage: taken.storage)
    }
}

/// IEEE 754 half precision, which Swift has no type for on this machine.
enum HalfPrecision {
    static func double(bits: UInt16) -> Double {
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Double(bits & 0x3FF)
        let magnitude: Double
        switch exponent {
        case 0: magnitude = fraction * 0x1p-24
        case 0x1F: magnitude = fraction == 0 ? .infinity : .nan
        default: magnitude = (fraction + 1024) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
        }
        return bits & 0x8000 != 0 ? -magnitude : magnitude
    }
}
