import Columnar

/// The type that a form of a function gives, found by trying it with two sets of types for its letters: where
/// the results differ, a letter stands.
struct ResultForm {
    private static let letters: [(name: String, first: DataType, second: DataType)] = [
        ("T", .date, .string), ("U", .time, .bytes), ("V", .timestamp, .bigint),
    ]

    /// Types of the arguments in both sets.
    private(set) var first: [DataType] = []
    private(set) var second: [DataType] = []

    mutating func add(_ pattern: TypePattern) {
        first.append(Self.sample(pattern, \.first))
        second.append(Self.sample(pattern, \.second))
    }

    mutating func add(_ type: DataType) {
        first.append(type)
        second.append(type)
    }

    private typealias Letter = (name: String, first: DataType, second: DataType)

    private static func sample(_ pattern: TypePattern, _ type: KeyPath<Letter, DataType>) -> DataType {
        switch pattern {
        case .type(let known): known
        case .decimal: .decimal(precision: 9, scale: 2)
        case .any(let variable), .ordered(let variable), .sorted(let variable):
            letters[variable % letters.count][keyPath: type]
        case .unit: .string
        case .array(let element): .array(sample(element, type))
        case .map(let key, let value): .map(key: sample(key, type), value: sample(value, type))
        case .structure: .structure([Field("A", .string)])
        }
    }

    /// The result of both sets in one text.
    static func text(_ first: DataType, _ second: DataType) -> String {
        switch (first, second) {
        case (.array(let left), .array(let right)): return "ARRAY<\(text(left, right))>"
        case (.map(let leftKey, let left), .map(let rightKey, let right)):
            return "MAP<\(text(leftKey, rightKey)), \(text(left, right))>"
        case (.structure(let left), .structure(let right)) where left.count == right.count:
            let fields = zip(left, right).map { "\($0.name) \(text($0.type, $1.type))" }
            return "STRUCT<\(fields.joined(separator: ", "))>"
        case (.decimal, .decimal): return "DECIMAL"
        default:
            let letter = letters.first { $0.first == first && $0.second == second }
            return letter?.name ?? first.sql
        }
    }
}

extension ScalarFunctions {
    /// What the forms of a function give, in the order of `signatures(of:)`.
    public static func results(of name: String) -> [String] {
        let name = name.uppercased()
        if let iteration = Iteration.Kind(rawValue: name) {
            switch iteration {
            case .transform: return ["ARRAY<U>", "MAP<T, U>"]
            case .filter: return ["ARRAY<T>", "MAP<T, U>"]
            case .reduce: return ["U", "V"]
            }
        }
        return signatures(of: name).indices.map { index in
            let signature = signature(name, index)
            var form = ResultForm()
            for pattern in signature.parameters { form.add(pattern) }
            return ResultForm.text(signature.result(form.first), signature.result(form.second))
        }
    }
}

extension TableFunctions {
    /// What a row of each form holds, in the order of `signatures(of:)`.
    public static func results(of name: String) -> [String] {
        signatures(of: name).map { _ in name.uppercased() == "EXPLODE" ? "T" : "ARRAY<T>" }
    }
}

extension AggregateFunctions {
    private static let numbers: [DataType] = [
        .integer, .bigint, .decimal(precision: 9, scale: 2), .double,
    ]

    /// What the forms of a function give, in the order of `signatures(of:)`; `number` is the argument's type.
    public static func results(of name: String) -> [String] {
        signatures(of: name).map { form in
            let results = numbers.compactMap { result(of: name, form, number: $0) }
            let own = numbers.map { ResultForm.text($0, $0) }
            if results == own { return "number" }
            var different: [String] = []
            for result in results where !different.contains(result) { different.append(result) }
            return different.joined(separator: " or ")
        }
    }

    /// - Parameter number: what stands for `number`.
    private static func result(of name: String, _ form: String, number: DataType) -> String? {
        var sample = ResultForm()
        var literals: [Value?] = []
        for parameter in FunctionParameters(of: form).types where parameter != "*" {
            var literal: Value?
            switch parameter {
            case "number": sample.add(number)
            case "ARRAY<number>": sample.add(.array(number))
            case "STRING": sample.add(DataType.string)
            case "k", "n":
                sample.add(DataType.integer)
                literal = .integer(2)
            case "ignore_nulls":
                sample.add(DataType.boolean)
                literal = .boolean(true)
            default: sample.add(.any(parameter.hasPrefix("U") ? 1 : 0))
            }
            literals.append(literal)
        }
        do throws(TypeError) {
            let first = try resolve(name, argumentTypes: sample.first, literals: literals)
            let second = try resolve(name, argumentTypes: sample.second, literals: literals)
            return ResultForm.text(first.resultType, second.resultType)
        } catch {
            return nil
        }
    }
}
