import Columnar

/// The fitting of arguments to a signature.
struct SignatureMatch {
    /// The types that the arguments are widened to.
    let types: [DataType]
    /// How far they are widened; 0 for an exact fit.
    let cost: Int

    init?(_ signature: Signature, _ arguments: [Expression]) {
        guard let patterns = signature.patterns(for: arguments.count) else { return nil }
        var fitting = Fitting()
        for (pattern, argument) in zip(patterns, arguments) {
            if case .unit = pattern {
                guard case .literal(.string(let name), _) = argument, TimeUnit(name) != nil else {
                    return nil
                }
            } else if !argument.isUntypedNull, !fitting.fit(argument.type, to: pattern) {
                return nil
            }
        }
        var types: [DataType] = []
        for (pattern, argument) in zip(patterns, arguments) {
            guard let type = fitting.type(of: pattern, for: argument) else { return nil }
            types.append(type)
        }
        self.types = types
        cost = fitting.cost
    }

    private struct Fitting {
        var cost = 0
        var variables: [Int: DataType] = [:]

        mutating func fit(_ type: DataType, to pattern: TypePattern) -> Bool {
            switch pattern {
            case .type(let wanted):
                cost += SignatureMatch.distance(type, wanted)
                return TypeRules.widens(type, to: wanted)
            case .decimal:
                guard TypeRules.decimal(for: type) != nil else { return false }
                if type == .integer || type == .bigint { cost += 2 }
                return true
            case .any(let variable): return bind(variable, type)
            case .ordered(let variable): return TypeRules.hasOrder(type) && bind(variable, type)
            case .sorted(let variable):
                return (type == .boolean || TypeRules.hasOrder(type)) && bind(variable, type)
            case .array(let element):
                guard case .array(let given) = type else { return false }
                return fit(given, to: element)
            case .map(let key, let value):
                guard case .map(let givenKey, let givenValue) = type else { return false }
                return fit(givenKey, to: key) && fit(givenValue, to: value)
            case .structure:
                if case .structure = type { return true }
                return false
            case .unit: return false
            }
        }

        private mutating func bind(_ variable: Int, _ type: DataType) -> Bool {
            guard let bound = variables[variable], bound != type else {
                variables[variable] = type
                return true
            }
            guard let common = TypeRules.common(bound, type) else { return false }
            variables[variable] = common
            cost += 1
            return true
        }

        /// The type of an argument once all variables are bound.
        func type(of pattern: TypePattern, for argument: Expression) -> DataType? {
            switch pattern {
            case .type(let type): return type
            case .decimal:
                guard let (precision, scale) = TypeRules.decimal(for: argument.type) else {
                    return argument.isUntypedNull ? .decimal(precision: 1, scale: 0) : nil
                }
                return .decimal(precision: precision, scale: scale)
            case .any(let variable), .ordered(let variable), .sorted(let variable):
                return variables[variable] ?? .string
            case .array(let element):
                guard case .any(let variable) = element, let bound = variables[variable] else {
                    return argument.isUntypedNull ? nullType(pattern) : argument.type
                }
                return .array(bound)
            case .map, .structure: return argument.isUntypedNull ? nullType(pattern) : argument.type
            case .unit: return .string
            }
        }

        private func nullType(_ pattern: TypePattern) -> DataType? {
            switch pattern {
            case .type(let type): return type
            case .any(let variable), .ordered(let variable), .sorted(let variable):
                return variables[variable] ?? .string
            case .array(let element): return nullType(element).map { .array($0) }
            case .map(let key, let value):
                guard let key = nullType(key), let value = nullType(value) else { return nil }
                return .map(key: key, value: value)
            case .decimal: return .decimal(precision: 1, scale: 0)
            case .structure: return .structure([])
            case .unit: return nil
            }
        }
    }

    /// How many steps INTEGER → BIGINT → DECIMAL → DOUBLE lie between.
    private static func distance(_ type: DataType, _ wanted: DataType) -> Int {
        func step(_ type: DataType) -> Int {
            switch type {
            case .integer: return 0
            case .bigint: return 1
            case .decimal: return 2
            case .double: return 3
            default: return 0
            }
        }
        return max(0, step(wanted) - step(type))
    }
}
