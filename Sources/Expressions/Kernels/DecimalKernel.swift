import Columnar

/// Arithmetic and comparison of DECIMALs of any precision and scale, exact up to the result's scale and
/// then rounded half away from zero. A result that its type cannot hold is NULL and counted.
enum DecimalKernel {
    static func compute(_ op: ArithmeticOperator, _ call: Invocation) -> Buffer {
        let (left, right) = (call.operands[0], call.operands[1])
        guard case .decimal(let p, let s) = left.type, case .decimal(let q, let t) = right.type,
            case .decimal(let precision, let scale) = call.type
        else { preconditionFailure("operands of decimal arithmetic are DECIMALs") }
        let count = call.count
        switch op {
        case .add, .subtract:
            let exact = max(s, t)
            // One digit more than the larger operand: the type has room, and so has Int128.
            let fits = scale == exact && max(p - s, q - t) + exact + 1 <= precision
            if fits {
                return sums(
                    op, left, right, count, Decimals.powersOfTen[exact - s], Decimals.powersOfTen[exact - t])
            }
            return checked(call) { a, b in
                wideSum(op, a, s, b, t, exact, scale, precision)
            }
        case .multiply:
            if scale == s + t, p + q <= precision {
                if p <= 18, q <= 18 {
                    return FixedKernels.map(left, right, count: count) { (a: Int128, b: Int128) in
                        let (x, y) = (Int64(truncatingIfNeeded: a), Int64(truncatingIfNeeded: b))
                        return Int128(x) &* Int128(y)
                    }
                }
                return FixedKernels.map(left, right, count: count) { (a: Int128, b: Int128) in a &* b }
            }
            return checked(call) { a, b in
                WideDecimal.multiply(a, b, shift: scale - s - t)
            }
        case .divide:
            return checked(call, zeroFails: true) { a, b in
                WideDecimal.divide(a, b, shift: scale - s + t)
            }
        case .remainder:
            let exact = max(s, t)
            return checked(call, zeroFails: true) { a, b in
                let (y, overflow) = b.multipliedReportingOverflow(by: Decimals.powersOfTen[exact - t])
                // A divisor that leaves the range is larger than any dividend of the other scale.
                let remainder = overflow ? a : WideDecimal.remainder(a, shift: exact - s, by: y)
                return Decimals.rescale(remainder, from: exact, to: scale)
            }
        }
    }

    private static func sums(
        _ op: ArithmeticOperator, _ left: Operand, _ right: Operand, _ count: Int, _ m: Int128, _ n: Int128
    ) -> Buffer {
        if m == 1, n == 1 {
            if op == .add {
                return FixedKernels.map(left, right, count: count) { (a: Int128, b: Int128) in a &+ b }
            }
            return FixedKernels.map(left, right, count: count) { (a: Int128, b: Int128) in a &- b }
        }
        let factor = op == .add ? n : 0 &- n
        return FixedKernels.map(left, right, count: count) { (a: Int128, b: Int128) in
            a &* m &+ b &* factor
        }
    }

    /// A sum whose exact value may need more digits than there are.
    private static func wideSum(
        _ op: ArithmeticOperator, _ a: Int128, _ s: Int, _ b: Int128, _ t: Int, _ exact: Int, _ scale: Int,
        _ precision: Int
    ) -> Int128? {
        let (x, first) = a.multipliedReportingOverflow(by: Decimals.powersOfTen[exact - s])
        let (y, second) = b.multipliedReportingOverflow(by: Decimals.powersOfTen[exact - t])
        if !first, !second {
            let (sum, overflow) =
                op == .add ? x.addingReportingOverflow(y) : x.subtractingReportingOverflow(y)
            if !overflow { return Decimals.rescale(sum, from: exact, to: scale) }
        }
        // Too long at the exact scale: rounding each operand costs at most one unit in the last place.
        guard let m = Decimals.rescale(a, from: s, to: scale), let n = Decimals.rescale(b, from: t, to: scale)
        else { return nil }
        let (sum, overflow) = op == .add ? m.addingReportingOverflow(n) : m.subtractingReportingOverflow(n)
        return overflow ? nil : sum
    }

    private static func checked(
        _ call: Invocation, zeroFails: Bool = false, _ body: (Int128, Int128) -> Int128?
    ) -> Buffer {
        guard case .decimal(let precision, _) = call.type else { preconditionFailure("a DECIMAL") }
        let (left, right) = (call.operands[0], call.operands[1])
        let result = Buffer(capacity: call.count * 16)
        let out = result.pointer.assumingMemoryBound(to: Int128.self)
        let limit = Decimals.powersOfTen[precision].magnitude
        let (a, b) = (left.column.decimals, right.column.decimals)
        for row in 0..<call.count {
            let divisor = b[right.index(row)]
            if zeroFails, divisor == 0 {
                out[row] = 0
                call.fail(row, .divisionByZero)
            } else if let value = body(a[left.index(row)], divisor), value.magnitude < limit {
                out[row] = value
            } else {
                out[row] = 0
                call.fail(row, .overflow(of: call.type.sql))
            }
        }
        return result
    }

    // MARK: Comparison

    static func compare(
        _ op: ComparisonOperator, _ left: Operand, _ right: Operand, count: Int
    ) -> Bitmap {
        guard case .decimal(let p, let s) = left.type, case .decimal(let q, let t) = right.type else {
            preconditionFailure("operands of a decimal comparison are DECIMALs")
        }
        let exact = max(s, t)
        if p - s + exact <= 38, q - t + exact <= 38 {
            // Both fit at the common scale. A constant is brought there once.
            let (m, n) = (Decimals.powersOfTen[exact - s], Decimals.powersOfTen[exact - t])
            return compareScaled(op, scaled(left, m), m, scaled(right, n), n, count)
        }
        let (a, b) = (left.column.decimals, right.column.decimals)
        return FixedKernels.bits(count: count) { row in
            let order = order(a[left.index(row)], s, b[right.index(row)], t)
            switch op {
            case .equal: return order == 0
            case .notEqual: return order != 0
            case .less: return order < 0
            case .lessOrEqual: return order <= 0
            case .greater: return order > 0
            case .greaterOrEqual: return order >= 0
            }
        }
    }

    private static func scaled(_ operand: Operand, _ factor: Int128) -> Operand {
        guard operand.isConstant, factor != 1 else { return operand }
        let values = FixedKernels.map(operand, count: 1) { (value: Int128) in value &* factor }
        return Operand(
            .fixed(operand.type, count: 1, validity: operand.column.validity, values: values),
            isConstant: true)
    }

    private static func compareScaled(
        _ op: ComparisonOperator, _ left: Operand, _ m: Int128, _ right: Operand, _ n: Int128, _ count: Int
    ) -> Bitmap {
        if left.isConstant || m == 1, right.isConstant || n == 1 {
            switch op {
            case .equal:
                return FixedKernels.test(left, right, count: count) { (a: Int128, b: Int128) in a == b }
            case .notEqual:
                return FixedKernels.test(left, right, count: count) { (a: Int128, b: Int128) in a != b }
            case .less:
                return FixedKernels.test(left, right, count: count) { (a: Int128, b: Int128) in a < b }
            case .lessOrEqual:
                return FixedKernels.test(left, right, count: count) { (a: Int128, b: Int128) in a <= b }
            case .greater:
                return FixedKernels.test(left, right, count: count) { (a: Int128, b: Int128) in a > b }
            case .greaterOrEqual:
                return FixedKernels.test(left, right, count: count) { (a: Int128, b: Int128) in a >= b }
            }
        }
        let (x, y) = (left.isConstant ? 1 : m, right.isConstant ? 1 : n)
        func test(_ body: (Int128, Int128) -> Bool) -> Bitmap {
            FixedKernels.test(left, right, count: count) { (a: Int128, b: Int128) in body(a &* x, b &* y) }
        }
        switch op {
        case .equal: return test { $0 == $1 }
        case .notEqual: return test { $0 != $1 }
        case .less: return test { $0 < $1 }
        case .lessOrEqual: return test { $0 <= $1 }
        case .greater: return test { $0 > $1 }
        case .greaterOrEqual: return test { $0 >= $1 }
        }
    }

    /// Below, at or above zero as a × 10^-s is below, equal to or above b × 10^-t.
    static func order(_ a: Int128, _ s: Int, _ b: Int128, _ t: Int) -> Int {
        let exact = max(s, t)
        let (x, first) = a.multipliedReportingOverflow(by: Decimals.powersOfTen[exact - s])
        let (y, second) = b.multipliedReportingOverflow(by: Decimals.powersOfTen[exact - t])
        // Only one of them is multiplied: if it leaves the range, it is farther from zero than the other.
        if first { return a < 0 ? -1 : 1 }
        if second { return b < 0 ? 1 : -1 }
        return x < y ? -1 : x == y ? 0 : 1
    }
}
