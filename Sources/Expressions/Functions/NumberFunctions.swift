import Columnar
import Glibc

/// Functions over numbers.
enum NumberFunctions {
    static let entries: [ScalarFunction] =
        [
            ScalarFunction("ABS", signatures: sameType(absolute)),
            ScalarFunction("CEIL", signatures: sameType { rounded($0, .up) }),
            ScalarFunction("FLOOR", signatures: sameType { rounded($0, .down) }),
            ScalarFunction("ROUND", signatures: roundings(.halfUp)),
            ScalarFunction("TRUNC", signatures: roundings(.towardZero)),
            ScalarFunction(
                "SIGN",
                signatures: [.integer, .bigint, .double, .decimal].map {
                    Signature([$0], returns: .integer, sign)
                }),
            ScalarFunction(
                "LOG",
                signatures: [
                    Signature([.double], returns: .double) { real($0, Glibc.log) },
                    Signature([.double, .double], returns: .double, logarithm),
                ]),
            ScalarFunction(
                "POWER",
                signatures: [Signature([.double, .double], returns: .double) { real($0, Glibc.pow) }]),
            ScalarFunction(
                "ATAN2",
                signatures: [Signature([.double, .double], returns: .double) { real($0, Glibc.atan2) }]),
            ScalarFunction(
                "PI",
                signatures: [
                    Signature([], returns: .double) { _ in Operand.constant(.double(.pi), .double).column }
                ]),
            ScalarFunction(
                "RANDOM", signatures: [Signature([], returns: .double, volatility: .perRow, Chance.random)]),
            ScalarFunction(
                "UUID", signatures: [Signature([], returns: .string, volatility: .perRow, Chance.uuid)]),
        ]
        + reals.map { name, body in
            ScalarFunction(name, signatures: [Signature([.double], returns: .double) { real($0, body) }])
        }

    private static let reals: [(String, @Sendable (Double) -> Double)] = [
        ("SQRT", { $0.squareRoot() }), ("EXP", Glibc.exp), ("LN", Glibc.log), ("CBRT", cubeRoot),
        ("SIN", Glibc.sin), ("COS", Glibc.cos), ("TAN", Glibc.tan), ("ASIN", Glibc.asin),
        ("ACOS", Glibc.acos), ("ATAN", Glibc.atan), ("SINH", Glibc.sinh), ("COSH", Glibc.cosh),
        ("TANH", Glibc.tanh), ("COT", { 1 / Glibc.tan($0) }), ("DEGREES", { $0 * 180 / .pi }),
        ("RADIANS", { $0 / 180 * .pi }),
    ]

    /// The library's may be off in the last digit, 27 for one: a step of Newton's from it is not.
    @Sendable private static func cubeRoot(_ number: Double) -> Double {
        let root = Glibc.cbrt(number)
        let square = root * root
        guard square.isNormal else { return root }
        let lost = Glibc.fma(root, root, -square)
        let excess = Glibc.fma(square, root, -number) + lost * root
        return root - excess / (3 * square)
    }

    private static func sameType(
        _ kernel: @escaping OperationNode.Kernel
    ) -> [Signature] {
        [.integer, .bigint, .decimal, .double].map { Signature([$0], result: { $0[0] }, kernel) }
    }

    private static func real(_ call: Invocation, _ body: (Double) -> Double) -> Column {
        call.fixed(FixedKernels.map(call.operands[0], count: call.count, body))
    }

    private static func real(_ call: Invocation, _ body: (Double, Double) -> Double) -> Column {
        call.fixed(FixedKernels.map(call.operands[0], call.operands[1], count: call.count, body))
    }

    /// LOG(base, value); NaN for a base that has no logarithm.
    @Sendable private static func logarithm(_ call: Invocation) -> Column {
        real(call) { base, value in
            base <= 0 || base == 1 ? .nan : Glibc.log(value) / Glibc.log(base)
        }
    }

    @Sendable private static func absolute(_ call: Invocation) -> Column {
        let operand = call.operands[0]
        switch call.type {
        case .integer: return absolute(call, Int32.self)
        case .bigint: return absolute(call, Int64.self)
        case .double:
            return call.fixed(FixedKernels.map(operand, count: call.count) { (x: Double) in x.magnitude })
        default:
            return call.fixed(
                FixedKernels.map(operand, count: call.count) { (x: Int128) in x < 0 ? 0 &- x : x })
        }
    }

    private static func absolute<T: FixedWidthInteger & SignedInteger>(
        _ call: Invocation, _ type: T.Type
    ) -> Column {
        let values = FixedKernels.map(call.operands[0], count: call.count) { (x: T) in x < 0 ? 0 &- x : x }
        let out = values.pointer.assumingMemoryBound(to: T.self)
        for row in 0..<call.count where out[row] < 0 { call.fail(row, .overflow(of: call.type.sql)) }
        return call.fixed(values)
    }

    @Sendable private static func sign(_ call: Invocation) -> Column {
        let operand = call.operands[0]
        func values<T: Comparable & ExpressibleByIntegerLiteral>(_ type: T.Type) -> Column {
            call.fixed(
                FixedKernels.map(operand, count: call.count) { (x: T) -> Int32 in x < 0 ? -1 : x > 0 ? 1 : 0 }
            )
        }
        switch operand.type {
        case .integer: return values(Int32.self)
        case .bigint: return values(Int64.self)
        case .double: return values(Double.self)
        default: return values(Int128.self)
        }
    }

    /// CEIL and FLOOR; a DECIMAL keeps its type.
    private static func rounded(_ call: Invocation, _ rule: Rounding) -> Column {
        let operand = call.operands[0]
        switch call.type {
        case .double:
            return call.fixed(
                FixedKernels.map(operand, count: call.count) { (x: Double) in
                    x.rounded(rule == .up ? .up : .down)
                })
        case .decimal(_, let scale): return rescaled(call, digits: { _ in 0 }, rule, scale, scale)
        default: return operand.column
        }
    }

    // MARK: ROUND and TRUNC

    enum Rounding {
        case up
        case down
        /// To the nearest, and at the half towards the larger number: -1.5 gives -1.
        case halfUp
        case towardZero
    }

    private static func roundings(_ rule: Rounding) -> [Signature] {
        [
            Signature([.integer], returns: .integer) { $0.operands[0].column },
            Signature([.bigint], returns: .bigint) { $0.operands[0].column },
            Signature([.decimal], result: { wholePart($0[0]) }) { call in
                guard case .decimal(_, let scale) = call.operands[0].type else {
                    return call.operands[0].column
                }
                return rescaled(call, digits: { _ in 0 }, rule, scale, 0)
            },
            Signature([.double], returns: .bigint) { roundToWhole($0, rule) },
            Signature([.integer, .integer], returns: .integer) { wholes($0, rule, Int32.self) },
            Signature([.bigint, .integer], returns: .bigint) { wholes($0, rule, Int64.self) },
            Signature([.decimal, .integer], result: { $0[0] }) { call in
                guard case .decimal(_, let scale) = call.type else { return call.operands[0].column }
                return rescaled(call, digits: { Int(call.int32(1, $0)) }, rule, scale, scale)
            },
            Signature([.double, .integer], returns: .double) { roundDoubles($0, rule) },
        ]
    }

    private static func wholePart(_ type: DataType) -> DataType {
        guard case .decimal(let precision, let scale) = type else { return type }
        return .decimal(precision: min(38, precision - scale + 1), scale: 0)
    }

    /// Rounds to the digits behind the point that `digits` gives for a row, and then writes at another scale.
    private static func rescaled(
        _ call: Invocation, digits: (Int) -> Int, _ rule: Rounding, _ scale: Int, _ target: Int
    ) -> Column {
        guard case .decimal(let precision, _) = call.type else { return call.operands[0].column }
        let operand = call.operands[0]
        let result = Buffer(capacity: call.count * 16, zeroed: true)
        let out = result.pointer.assumingMemoryBound(to: Int128.self)
        call.forEachRow { row in
            let value = operand.column.decimals[operand.index(row)]
            let cut = round(value, dropping: scale - digits(row), rule)
            if let cut, let moved = Decimals.rescale(cut, from: scale, to: target),
                Decimals.fits(moved, precision: precision)
            {
                out[row] = moved
            } else {
                call.fail(row, .overflow(of: call.type.sql))
            }
        }
        return call.fixed(result)
    }

    /// The number with its last `dropping` digits made zero.
    static func round(_ value: Int128, dropping digits: Int, _ rule: Rounding) -> Int128? {
        guard digits > 0 else { return value }
        guard digits <= 38 else { return 0 }
        let unit = Decimals.powersOfTen[digits]
        var remainder = value % unit
        if remainder < 0 { remainder += unit }
        let floor = value.subtractingReportingOverflow(remainder)
        guard !floor.overflow else { return nil }
        let goesUp: Bool
        switch rule {
        case .down: goesUp = false
        case .up: goesUp = remainder > 0
        case .halfUp: goesUp = remainder >= unit - remainder
        case .towardZero: goesUp = value < 0 && remainder > 0
        }
        guard goesUp else { return floor.partialValue }
        let (result, overflow) = floor.partialValue.addingReportingOverflow(unit)
        return overflow ? nil : result
    }

    private static func roundToWhole(_ call: Invocation, _ rule: Rounding) -> Column {
        let operand = call.operands[0]
        let result = Buffer(capacity: call.count * 8, zeroed: true)
        let out = result.pointer.assumingMemoryBound(to: Int64.self)
        call.forEachRow { row in
            let value = operand.column.doubles[operand.index(row)]
            let whole = rule == .towardZero ? value.rounded(.towardZero) : halfUp(value)
            if let number = Int64(exactly: whole) {
                out[row] = number
            } else {
                call.fail(row, .overflow(of: call.type.sql))
            }
        }
        return call.fixed(result)
    }

    private static func halfUp(_ value: Double) -> Double {
        let floor = value.rounded(.down)
        return value - floor >= 0.5 ? floor + 1 : floor
    }

    private static func wholes<T: FixedWidthInteger>(
        _ call: Invocation, _ rule: Rounding, _ type: T.Type
    ) -> Column {
        let result = Buffer(capacity: call.count * MemoryLayout<T>.stride, zeroed: true)
        let out = result.pointer.assumingMemoryBound(to: T.self)
        let values = FixedKernels.pointer(call.operands[0], T.self)
        call.forEachRow { row in
            let value = Int128(values[call.operands[0].index(row)])
            if let cut = round(value, dropping: -Int(call.int32(1, row)), rule), let number = T(exactly: cut)
            {
                out[row] = number
            } else {
                call.fail(row, .overflow(of: call.type.sql))
            }
        }
        return call.fixed(result)
    }

    /// Rounds the digits that the number's shortest text has: 1.005 to two digits gives 1.01.
    private static func roundDoubles(_ call: Invocation, _ rule: Rounding) -> Column {
        let operand = call.operands[0]
        let result = Buffer(capacity: call.count * 8, zeroed: true)
        let out = result.pointer.assumingMemoryBound(to: Double.self)
        call.forEachRow { row in
            let value = operand.column.doubles[operand.index(row)]
            out[row] = round(value, digits: Int(call.int32(1, row)), rule)
        }
        return call.fixed(result)
    }

    private static func round(_ value: Double, digits: Int, _ rule: Rounding) -> Double {
        guard value.isFinite, digits < 400, digits > -400 else { return value }
        var text = value.description
        guard let (unscaled, scale) = text.withUTF8({ Decimals.parse(UnsafeRawBufferPointer($0)) }),
            let cut = round(unscaled, dropping: scale - digits, rule)
        else { return value }
        let rounded = "\(cut)e\(-scale)"
        return Double(rounded) ?? value
    }
}
