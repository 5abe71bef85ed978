import Columnar

/// `+ - * / %` and unary minus for the numeric types.
///
/// INTEGER and BIGINT results out of range are NULL and counted, never wrapped. Division by zero is NULL
/// and counted, except for DOUBLE, which follows IEEE 754.
enum ArithmeticKernel {
    static func compute(_ op: ArithmeticOperator, _ call: Invocation) -> Column {
        let (left, right) = (call.operands[0], call.operands[1])
        switch call.type {
        case .integer: return call.fixed(integers(op, left, right, call, Int32.self))
        case .bigint: return call.fixed(integers(op, left, right, call, Int64.self))
        case .double: return call.fixed(doubles(op, left, right, call.count))
        case .decimal: return call.fixed(DecimalKernel.compute(op, call))
        default: return TextKernel.concatenation(call)
        }
    }

    static func negate(_ call: Invocation) -> Column {
        let operand = call.operands[0]
        let count = call.count
        switch call.type {
        case .integer:
            let zero = Operand.constant(.integer(0), .integer)
            return call.fixed(integers(.subtract, zero, operand, call, Int32.self))
        case .bigint:
            let zero = Operand.constant(.bigint(0), .bigint)
            return call.fixed(integers(.subtract, zero, operand, call, Int64.self))
        case .double:
            return call.fixed(FixedKernels.map(operand, count: count) { (value: Double) in -value })
        default:
            return call.fixed(FixedKernels.map(operand, count: count) { (value: Int128) in 0 &- value })
        }
    }

    private static func doubles(
        _ op: ArithmeticOperator, _ left: Operand, _ right: Operand, _ count: Int
    ) -> Buffer {
        func map(_ body: (Double, Double) -> Double) -> Buffer {
            FixedKernels.map(left, right, count: count, body)
        }
        switch op {
        case .add: return FixedKernels.map(left, right, count: count) { (a: Double, b: Double) in a + b }
        case .subtract: return FixedKernels.map(left, right, count: count) { (a: Double, b: Double) in a - b }
        case .multiply: return FixedKernels.map(left, right, count: count) { (a: Double, b: Double) in a * b }
        case .divide: return FixedKernels.map(left, right, count: count) { (a: Double, b: Double) in a / b }
        case .remainder:
            return map { $0.truncatingRemainder(dividingBy: $1) }
        }
    }

    /// Computes with wrapping first, so that the loop stays free of branches, and looks for overflow beside
    /// it.
    @inline(__always)
    private static func integers<T: FixedWidthInteger & SignedInteger>(
        _ op: ArithmeticOperator, _ left: Operand, _ right: Operand, _ call: Invocation, _ type: T.Type
    ) -> Buffer {
        let count = call.count
        var suspicion: T = 0
        let result: Buffer
        switch op {
        case .add:
            result = FixedKernels.map(left, right, count: count) { (a: T, b: T) in
                let sum = a &+ b
                suspicion |= (a ^ sum) & (b ^ sum)
                return sum
            }
        case .subtract:
            result = FixedKernels.map(left, right, count: count) { (a: T, b: T) in
                let difference = a &- b
                suspicion |= (a ^ b) & (a ^ difference)
                return difference
            }
        case .multiply:
            result = FixedKernels.map(left, right, count: count) { (a: T, b: T) in
                let (product, overflow) = a.multipliedReportingOverflow(by: b)
                suspicion |= overflow ? -1 : 0
                return product
            }
        case .divide, .remainder:
            return quotients(op, left, right, call, type)
        }
        if suspicion < 0 { markOverflows(op, left, right, call, type) }
        return result
    }

    @inline(never)
    private static func markOverflows<T: FixedWidthInteger & SignedInteger>(
        _ op: ArithmeticOperator, _ left: Operand, _ right: Operand, _ call: Invocation, _ type: T.Type
    ) {
        let (a, b) = (FixedKernels.pointer(left, T.self), FixedKernels.pointer(right, T.self))
        for row in 0..<call.count {
            let (x, y) = (a[left.index(row)], b[right.index(row)])
            let overflow: Bool
            switch op {
            case .add: overflow = x.addingReportingOverflow(y).overflow
            case .subtract: overflow = x.subtractingReportingOverflow(y).overflow
            default: overflow = x.multipliedReportingOverflow(by: y).overflow
            }
            if overflow { call.fail(row, .overflow(of: call.type.sql)) }
        }
    }

    private static func quotients<T: FixedWidthInteger & SignedInteger>(
        _ op: ArithmeticOperator, _ left: Operand, _ right: Operand, _ call: Invocation, _ type: T.Type
    ) -> Buffer {
        let result = Buffer(capacity: call.count * MemoryLayout<T>.stride)
        let out = result.pointer.assumingMemoryBound(to: T.self)
        let (a, b) = (FixedKernels.pointer(left, T.self), FixedKernels.pointer(right, T.self))
        for row in 0..<call.count {
            let (x, y) = (a[left.index(row)], b[right.index(row)])
            if y == 0 {
                out[row] = 0
                call.fail(row, .divisionByZero)
            } else if y == -1 {
                // The one quotient that can overflow; its remainder is zero.
                out[row] = op == .divide ? 0 &- x : 0
                if op == .divide, x == T.min { call.fail(row, .overflow(of: call.type.sql)) }
            } else {
                out[row] = op == .divide ? x / y : x % y
            }
        }
        return result
    }
}
