import Columnar

/// CAST between numbers. Whole numbers are cut towards zero, decimals are rounded half away from zero; what
/// the target cannot hold is NULL and counted.
enum NumberCast {
    static func cast(_ call: Invocation) -> Column {
        switch call.operands[0].type {
        case .integer: return whole(call, Int32.self)
        case .bigint: return whole(call, Int64.self)
        case .double: return double(call)
        case .decimal(_, let scale): return decimal(call, scale)
        default: preconditionFailure("a number")
        }
    }

    @inline(__always)
    private static func convert<A, R: ExpressibleByIntegerLiteral>(
        _ call: Invocation, _ body: (A) -> R?
    ) -> Column {
        let source = call.operands[0]
        let values = FixedKernels.pointer(source, A.self)
        let result = Buffer(capacity: call.count * MemoryLayout<R>.stride)
        let out = result.pointer.assumingMemoryBound(to: R.self)
        for row in 0..<call.count {
            if let value = body(values[source.index(row)]) {
                out[row] = value
            } else {
                out[row] = 0
                call.fail(row, .invalidCast(to: call.type.sql))
            }
        }
        return call.fixed(result)
    }

    @inline(__always)
    private static func whole<T: FixedWidthInteger>(_ call: Invocation, _ type: T.Type) -> Column {
        let source = call.operands[0]
        let count = call.count
        switch call.type {
        case .integer: return convert(call) { (value: T) in Int32(exactly: value) }
        case .bigint: return call.fixed(FixedKernels.map(source, count: count) { (value: T) in Int64(value) })
        case .double:
            return call.fixed(FixedKernels.map(source, count: count) { (value: T) in Double(value) })
        case .decimal(let precision, let scale):
            let power = Decimals.powersOfTen[scale]
            let digits = type == Int32.self ? 10 : 19
            if precision - scale >= digits {
                return call.fixed(
                    FixedKernels.map(source, count: count) { (value: T) in Int128(value) &* power })
            }
            // Fits once the number is below 10^(precision − scale), so the product cannot leave the range.
            let limit = Decimals.powersOfTen[precision - scale].magnitude
            return convert(call) { (value: T) -> Int128? in
                Int128(value).magnitude < limit ? Int128(value) &* power : nil
            }
        default: preconditionFailure("a number")
        }
    }

    private static func double(_ call: Invocation) -> Column {
        switch call.type {
        case .integer:
            return convert(call) { (value: Double) in Int32(exactly: value.rounded(.towardZero)) }
        case .bigint:
            return convert(call) { (value: Double) in Int64(exactly: value.rounded(.towardZero)) }
        case .decimal(let precision, let scale):
            return convert(call) { (value: Double) in decimal(value, precision, scale) }
        default: preconditionFailure("a number")
        }
    }

    /// The decimal nearest to the number's shortest text: 0.15 has the digits 15, whatever its binary value
    /// is.
    static func decimal(_ value: Double, _ precision: Int, _ scale: Int) -> Int128? {
        guard value.isFinite else { return nil }
        if scale <= 15, value.magnitude < 1e15 {
            let scaled = value.magnitude * Double(Decimals.powersOfTen[scale])
            let fraction = scaled - scaled.rounded(.down)
            // Far from the half and within the digits that a double has, the text would round likewise.
            if scaled < 1e15, abs(fraction - 0.5) > 1e-3 + scaled * 1e-15 {
                let whole = Int128(scaled.rounded(.toNearestOrAwayFromZero))
                guard whole < Decimals.powersOfTen[precision] else { return nil }
                return value < 0 ? -whole : whole
            }
        }
        var text = value.description
        return text.withUTF8 {
            Decimals.parse(UnsafeRawBufferPointer($0), precision: precision, scale: scale)
        }
    }

    private static func decimal(_ call: Invocation, _ given: Int) -> Column {
        switch call.type {
        case .integer:
            let power = Decimals.powersOfTen[given]
            return convert(call) { (value: Int128) in Int32(exactly: value / power) }
        case .bigint:
            let power = Decimals.powersOfTen[given]
            return convert(call) { (value: Int128) in Int64(exactly: value / power) }
        case .double:
            return convert(call) { (value: Int128) in Decimals.double(value, scale: given) }
        case .decimal(let precision, let scale):
            let limit = Decimals.powersOfTen[precision].magnitude
            return convert(call) { (value: Int128) -> Int128? in
                guard let result = Decimals.rescale(value, from: given, to: scale), result.magnitude < limit
                else { return nil }
                return result
            }
        default: preconditionFailure("a number")
        }
    }
}
