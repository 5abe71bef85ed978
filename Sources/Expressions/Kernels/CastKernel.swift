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
