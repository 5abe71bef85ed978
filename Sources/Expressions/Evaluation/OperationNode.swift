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
    /// In a lambda, it can't be computed with a NULL: arithmetic.
    private let refusesNulls: Bool
    private let salt: UInt64
    private let kernel: Kernel

    init(
        _ place: Place, operands: [Node], type: DataType, isStrict: Bool = true, isPerRow: Bool = false,
        refusesNulls: Bool = false, salt: UInt64 = 0, kernel: @escaping Kernel
    ) {
        self.refusesNulls = refusesNulls
        self.operands = operands
        self.isStrict = isStrict
        self.isPerRow = isPerRow
        self.salt = salt
        self.kernel = kernel
        super.init(place, type: type)
    }

    override func compute(_ frame: Frame) -> Operand {
        let values = operands.map { $0.value(frame) }
        if isStrict, values.contains(where: \.isNullConstant) {
            if refusesNulls { frame.lose(nil, scope: scope) }
            return .null(type)
        }
        let isConstant = !isPerRow && values.allSatisfy(\.isConstant)
        let count = isConstant ? 1 : frame.count
        var validity: Bitmap?
        if isStrict {
            for value in values where !value.isConstant {
                validity = Bitmap.intersection(validity, value.column.validity)
            }
        }
        if refusesNulls, let validity { frame.lose(validity.inverted, scope: scope) }
        let failures = Failures(count: count)
        let call = Invocation(
            operands: values, count: count, type: type, validity: validity, failures: failures,
            context: frame.context, salt: salt)
        let result = kernel(call)
        frame.report(failures, scope: scope, isConstant: isConstant)
        return Operand(result, isConstant: isConstant)
    }
}
