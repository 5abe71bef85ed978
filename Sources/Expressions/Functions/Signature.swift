import Columnar

/// What a parameter of a function takes.
indirect enum TypePattern: Hashable, Sendable {
    case type(DataType)
    /// A DECIMAL of any precision and scale; whole numbers count as one.
    case decimal
    /// Any type; the same variable stands for the same type throughout a signature.
    case any(Int)
    /// Any type with an order.
    case ordered(Int)
    /// A literal that names a unit of time, such as DAYS.
    case unit
    case array(TypePattern)
    case map(TypePattern, TypePattern)
    case structure

    static let string = TypePattern.type(.string)
    static let bytes = TypePattern.type(.bytes)
    static let integer = TypePattern.type(.integer)
    static let bigint = TypePattern.type(.bigint)
    static let double = TypePattern.type(.double)
    static let boolean = TypePattern.type(.boolean)
    static let date = TypePattern.type(.date)
    static let time = TypePattern.type(.time)
    static let timestamp = TypePattern.type(.timestamp)

    /// As error messages show it.
    var text: String {
        switch self {
        case .type(let type): return type.sql
        case .decimal: return "DECIMAL"
        case .any(let variable), .ordered(let variable): return ["T", "U", "V"][variable % 3]
        case .unit: return "UNIT"
        case .array(let element): return "ARRAY<\(element.text)>"
        case .map(let key, let value): return "MAP<\(key.text), \(value.text)>"
        case .structure: return "STRUCT"
        }
    }
}

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

/// A scalar function's names and forms: one entry of the registry.
struct ScalarFunction: Sendable {
    let names: [String]
    let signatures: [Signature]
    /// Says why arguments are refused although a signature takes them; types are nil for NULLs.
    let objection: (@Sendable ([DataType?]) -> String?)?

    init(
        _ names: String..., objection: (@Sendable ([DataType?]) -> String?)? = nil, signatures: [Signature]
    ) {
        self.names = names
        self.signatures = signatures
        self.objection = objection
    }
}
