import Columnar
import Glibc

/// CAST between types, one batch at a time. What cannot be converted is NULL and counted.
enum CastKernel {
    static func cast(_ call: Invocation) -> Column {
        let source = call.operands[0]
        switch call.type {
        case .string: return toText(call)
        case .array, .map, .structure: return NestedCast.cast(call)
        default: break
        }
        switch source.type {
        case .string: return CastFromText.cast(call)
        case .integer, .bigint, .double, .decimal: return NumberCast.cast(call)
        case .timestamp: return fromTimestamp(call)
        case .date:
            return call.fixed(
                FixedKernels.map(source, count: call.count) { (days: Int32) in
                    Int64(days) &* Civil.millisecondsPerDay
                })
        default: preconditionFailure("CAST of \(source.type.sql) to \(call.type.sql) was refused before")
        }
    }

    private static func fromTimestamp(_ call: Invocation) -> Column {
        let source = call.operands[0]
        if call.type == .date {
            return call.fixed(
                FixedKernels.map(source, count: call.count) { (time: Int64) in
                    Int32(truncatingIfNeeded: Civil.floorDivide(time, Civil.millisecondsPerDay))
                })
        }
        return call.fixed(
            FixedKernels.map(source, count: call.count) { (time: Int64) in
                let days = Civil.floorDivide(time, Civil.millisecondsPerDay)
                return Int32(truncatingIfNeeded: time &- days &* Civil.millisecondsPerDay)
            })
    }

    private static func toText(_ call: Invocation) -> Column {
        let source = call.operands[0]
        let column = source.column
        var writer = TextWriter(count: call.count)
        switch source.type {
        case .array, .map, .structure:
            var text: [UInt8] = []
            call.forEachRow { row in
                text.removeAll(keepingCapacity: true)
                ValueText.append(column, source.index(row), to: &text)
                writer.write(row, text)
            }
        default:
            call.forEachRow { row in
                let target = writer.room(ValueText.longestScalar)
                writer.commit(row, length: ValueText.write(column, source.index(row), to: target))
            }
        }
        return call.texts(writer)
    }
}

/// CAST of arrays, maps and structures, member by member.
enum NestedCast {
    static func cast(_ call: Invocation) -> Column {
        let column = call.operands[0].column
        let storage: Column.Storage
        switch (column.storage, call.type) {
        case (.list(let offsets, let elements), .array(let type)):
            storage = .list(offsets: offsets, elements: cast(elements, to: type, call))
        case (.map(let offsets, let keys, let values), .map(let key, let value)):
            storage = .map(
                offsets: offsets, keys: cast(keys, to: key, call), values: cast(values, to: value, call))
        case (.structure(let members), .structure(let wanted)):
            guard case .structure(let fields) = column.type else { fallthrough }
            storage = .structure(
                wanted.map { field in
                    guard let index = fields.firstIndex(where: { $0.name == field.name }) else {
                        return .nulls(field.type, count: call.count)
                    }
                    return cast(members[index], to: field.type, call)
                })
        default: preconditionFailure("CAST of \(column.type.sql) to \(call.type.sql) was refused before")
        }
        return Column(type: call.type, count: call.count, validity: call.validity, storage: storage)
    }

    private static func cast(_ column: Column, to type: DataType, _ parent: Invocation) -> Column {
        if column.type == type { return column }
        let failures = Failures(count: column.count)
        let child = Invocation(
            operands: [Operand(column)], count: column.count, type: type, validity: column.validity,
            failures: failures, context: parent.context, salt: 0)
        let result = CastKernel.cast(child)
        parent.failures.absorb(failures)
        return result
    }
}

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
