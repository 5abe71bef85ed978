import Columnar

/// A node that hands its operands to a kernel.
///
/// Where it is strict, its result is NULL where an operand is. Kernels may compute over the slots of NULLs,
/// which are harmless, but leave zeros in them.
final class OperationNode: Node {
    typealias Kernel = @Sendable (Invocation) -> Column

    private let operands: [Node]
    private let isStrict: Bool
    /// Whether equal operands may give different results in different rows.
    private let isPerRow: Bool
    private let salt: UInt64
    private let kernel: Kernel

    init(
        _ place: Place, operands: [Node], type: DataType, isStrict: Bool = true, isPerRow: Bool = false,
        salt: UInt64 = 0, kernel: @escaping Kernel
    ) {
        self.operands = operands
        self.isStrict = isStrict
        self.isPerRow = isPerRow
        self.salt = salt
        self.kernel = kernel
        super.init(place, type: type)
    }

    override func compute(_ frame: Frame) -> Operand {
        let values = operands.map { $0.value(frame) }
        if isStrict, values.contains(where: \.isNullConstant) { return .null(type) }
        let isConstant = !isPerRow && values.allSatisfy(\.isConstant)
        let count = isConstant ? 1 : frame.count
        var validity: Bitmap?
        if isStrict {
            for value in values where !value.isConstant {
                validity = Bitmap.intersection(validity, value.column.validity)
            }
        }
        let failures = Failures(count: count)
        let call = Invocation(
            operands: values, count: count, type: type, validity: validity, failures: failures,
            context: frame.context, salt: salt)
        let result = kernel(call)
        frame.report(failures, scope: scope, isConstant: isConstant)
        return Operand(result, isConstant: isConstant)
    }
}

/// What a kernel computes with.
struct Invocation {
    let operands: [Operand]
    let count: Int
    let type: DataType
    /// Rows in which no operand is NULL, for a strict kernel; nil for all.
    let validity: Bitmap?
    let failures: Failures
    let context: EvaluationContext
    let salt: UInt64

    func fail(_ row: Int, _ reason: EvaluationFailure) { failures.mark(row, reason, ifValid: validity) }

    /// A column of fixed width over values that were computed for all rows: NULLs get zeros.
    func fixed(_ values: Buffer) -> Column {
        let valid = failures.removed(from: validity)
        if let valid { values.clear(notIn: valid, width: type.width) }
        return Column(type: type, count: count, validity: valid, storage: .fixed(values))
    }

    func booleans(_ bits: Bitmap) -> Column {
        let valid = failures.removed(from: validity)
        bits.keep(valid)
        return .booleans(bits, validity: valid)
    }

    /// Calls `body` for each row without a NULL operand.
    @inline(__always) func forEachRow(_ body: (Int) -> Void) {
        if let validity {
            validity.forEachOne(body)
        } else {
            for row in 0..<count { body(row) }
        }
    }

    /// The bytes of a STRING or BYTES operand.
    @inline(__always) func bytes(_ operand: Int, _ row: Int) -> UnsafeRawBufferPointer {
        operands[operand].column.bytes(at: operands[operand].index(row))
    }

    func string(_ operand: Int, _ row: Int) -> String { String(decoding: bytes(operand, row), as: UTF8.self) }

    @inline(__always) func int32(_ operand: Int, _ row: Int) -> Int32 {
        operands[operand].column.int32s[operands[operand].index(row)]
    }

    @inline(__always) func int64(_ operand: Int, _ row: Int) -> Int64 {
        operands[operand].column.int64s[operands[operand].index(row)]
    }

    @inline(__always) func isValid(_ operand: Int, _ row: Int) -> Bool { operands[operand].isValid(row) }
}

extension Buffer {
    /// Clears the slots of rows that are 0 in `validity`.
    func clear(notIn validity: Bitmap, width: Int) {
        switch width {
        case 4:
            let slots = pointer.assumingMemoryBound(to: Int32.self)
            validity.forEachZero { slots[$0] = 0 }
        case 8:
            let slots = pointer.assumingMemoryBound(to: Int64.self)
            validity.forEachZero { slots[$0] = 0 }
        default:
            let slots = pointer.assumingMemoryBound(to: Int128.self)
            validity.forEachZero { slots[$0] = 0 }
        }
    }
}
