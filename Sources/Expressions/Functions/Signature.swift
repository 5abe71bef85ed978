import Columnar

/// One form of a scalar function: what it takes, what it gives, and the kernel that computes a batch of it.
struct Signature: Sendable {
    enum Volatility: Sendable {
        case pure
        /// The same for all rows of an epoch.
        case epoch
        /// Different in each row.
        case perRow
    }

    let parameters: [TypePattern]
    /// The last parameter may come any number of times, at least once.
    let repeats: Bool
    /// The result's type from those of the arguments, which have been widened to the parameters.
    let result: @Sendable ([DataType]) -> DataType
    /// NULL where an argument is. Else the kernel looks for itself.
    let isStrict: Bool
    let volatility: Volatility
    let kernel: OperationNode.Kernel

    init(
        _ parameters: [TypePattern], repeats: Bool = false, returns result: DataType, strict: Bool = true,
        volatility: Volatility = .pure, _ kernel: @escaping OperationNode.Kernel
    ) {
        self.init(
            parameters, repeats: repeats, strict: strict, volatility: volatility, result: { _ in result },
            kernel)
    }

    init(
        _ parameters: [TypePattern], repeats: Bool = false, strict: Bool = true,
        volatility: Volatility = .pure, result: @escaping @Sendable ([DataType]) -> DataType,
        _ kernel: @escaping OperationNode.Kernel
    ) {
        self.parameters = parameters
        self.repeats = repeats
        self.result = result
        isStrict = strict
        self.volatility = volatility
        self.kernel = kernel
    }

    func text(_ name: String) -> String {
        name + "(" + parameters.map(\.text).joined(separator: ", ") + (repeats ? ", …" : "") + ")"
    }

    /// The parameter for an argument's place; nil when there are too many or too few arguments.
    func patterns(for count: Int) -> [TypePattern]? {
        if count == parameters.count { return parameters }
        guard repeats, count > parameters.count, let last = parameters.last else { return nil }
        return parameters + Array(repeating: last, count: count - parameters.count)
    }
}
