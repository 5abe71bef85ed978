import Columnar

/// CAST of STRING to scalars.
enum CastFromText {
    static func cast(_ call: Invocation) -> Column {
        switch call.type {
        case .boolean:
            let source = call.operands[0]
            let bits = Bitmap(repeating: false, count: call.count)
            call.forEachRow { row in
                if isTrue(source.column.bytes(at: source.index(row))) { bits.set(row) }
            }
            return call.booleans(bits)
        case .integer:
            return convert(call) { NumberText.int64($0).flatMap { Int32(exactly: $0) } }
        case .bigint: return convert(call) { NumberText.int64($0) }
        case .double: return convert(call) { NumberText.double($0) }
        case .decimal(let precision, let scale):
            return convert(call) { NumberText.decimal($0, precision: precision, scale: scale) }
        case .date: return convert(call) { TimestampText.parseDate($0) }
        case .time: return convert(call) { TimestampText.parseTime($0) }
        case .timestamp: return convert(call) { TimestampText.parse($0) }
        default: preconditionFailure("CAST of STRING to \(call.type.sql) was refused before")
        }
    }

    private static func isTrue(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count == 4, let base = text.baseAddress else { return false }
        return base.loadUnaligned(as: UInt32.self) | 0x2020_2020 == 0x6575_7274
    }

    @inline(__always)
    private static func convert<R: ExpressibleByIntegerLiteral>(
        _ call: Invocation, _ parse: (UnsafeRawBufferPointer) -> R?
    ) -> Column {
        let source = call.operands[0]
        let column = source.column
        let values = Buffer(
            capacity: call.count * MemoryLayout<R>.stride, zeroed: call.validity != nil)
        let out = values.pointer.assumingMemoryBound(to: R.self)
        call.forEachRow { row in
            if let value = parse(column.bytes(at: source.index(row))) {
                out[row] = value
            } else {
                out[row] = 0
                call.failures.mark(row, .invalidCast(to: call.type.sql))
            }
        }
        return call.fixed(values)
    }
}
