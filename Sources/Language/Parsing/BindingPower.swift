/// How tightly operators bind; the parser and the formatter share it.
enum BindingPower {
    static let none = 0
    static let or = 10
    static let and = 20
    static let not = 30
    /// Comparisons, IS, IN, LIKE, BETWEEN: of these there is one, not a chain.
    static let predicate = 40
    static let concatenate = 50
    /// What a GROUP BY or an operand of a comparison holds: no condition outside parentheses.
    static let value = concatenate
    static let add = 60
    static let multiply = 70
    static let sign = 80
    static let postfix = 90
    static let primary = 100
}

extension BinaryOperator {
    var bindingPower: Int {
        switch self {
        case .concatenate: BindingPower.concatenate
        case .add, .subtract: BindingPower.add
        case .multiply, .divide, .modulo: BindingPower.multiply
        }
    }

    init?(_ symbol: Symbol) {
        switch symbol {
        case .plus: self = .add
        case .minus: self = .subtract
        case .star: self = .multiply
        case .slash: self = .divide
        case .percent: self = .modulo
        case .concatenate: self = .concatenate
        default: return nil
        }
    }
}

extension ComparisonOperator {
    init?(_ symbol: Symbol) {
        switch symbol {
        case .equal: self = .equal
        case .notEqual: self = .notEqual
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        default: return nil
        }
    }
}
