import Columnar
import Expressions

/// The forms of a function as the documentation writes them.
///
/// Forms that differ in the kind of a number are one, `ABS(number)`; a form that has one more parameter than
/// another is written into it, `LPAD(A[, B])`.
struct FunctionForms {
    private let name: String
    private let parameters: [[String]]

    init(_ name: String, _ signatures: [String]) {
        self.name = name
        parameters = signatures.map { FunctionForms.split(String($0.dropFirst(name.count + 1).dropLast())) }
    }

    private static let numbers = ["INTEGER", "BIGINT", "DECIMAL", "DOUBLE"]

    /// `` `TRIM(STRING)` ``, several apart by commas.
    var text: String {
        var chains: [[[String]]] = []
        for form in Self.joiningNumbers(parameters).sorted(by: { $0.count < $1.count }) {
            if let index = chains.firstIndex(where: { $0.last ?? [] == form.dropLast() && !form.isEmpty }) {
                chains[index].append(form)
            } else {
                chains.append([form])
            }
        }
        return chains.map { "`\(name)(\(Self.text(of: $0)))`" }.joined(separator: ", ")
    }

    private static func text(of chain: [[String]]) -> String {
        let first = chain[0].joined(separator: ", ")
        let rest = chain.dropFirst().map { form in
            "[" + (form.count > 1 ? ", " : "") + (form.last ?? "")
        }
        return first + rest.joined() + String(repeating: "]", count: rest.count)
    }

    private static func joiningNumbers(_ forms: [[String]]) -> [[String]] {
        var result: [[String]] = []
        for form in forms {
            var joined = form
            for place in form.indices where numbers.contains(form[place]) {
                let family = numbers.allSatisfy { number in
                    var other = form
                    other[place] = number
                    return forms.contains(other)
                }
                if family { joined[place] = "number" }
            }
            if !result.contains(joined) { result.append(joined) }
        }
        return result
    }

    /// At the commas outside `<…>`.
    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var depth = 0
        for character in text {
            depth += character == "<" ? 1 : character == ">" ? -1 : 0
            if character == ",", depth == 0 {
                parts.append(part)
                part = ""
            } else if character != " " || !part.isEmpty {
                part.append(character)
            }
        }
        return part.isEmpty && parts.isEmpty ? [] : parts + [part]
    }

    // MARK: Results

    /// The types that the forms give, each in backticks; number where it is that of the first argument.
    func results() throws -> String {
        var results: [String] = []
        for form in parameters {
            let arguments = try form.filter { $0 != "…" }.enumerated().map { place, parameter in
                parameter == "UNIT"
                    ? Expression.makeString("DAYS")
                    : .column(place, try Self.sample(parameter))
            }
            let type = try ScalarFunctions.call(name, arguments).type
            let isGeneric = form.contains { $0.contains("T") && Self.isVariable($0) }
            results.append(Self.text(of: type, isGeneric: isGeneric))
        }
        let firsts = parameters.map { $0.first ?? "" }
        if results == firsts, Set(results).isSuperset(of: Self.numbers) { return "number" }
        var distinct: [String] = []
        for result in results where !distinct.contains(result) { distinct.append(result) }
        return distinct.map { "`\($0)`" }.joined(separator: " or ")
    }

    private static func isVariable(_ parameter: String) -> Bool {
        let words = parameter.split { "<>, ".contains($0) }
        return words.contains("T") || words.contains("U")
    }

    /// A type that fits a parameter; T and U are types that no function with them gives of its own.
    private static func sample(_ parameter: String) throws -> DataType {
        if parameter.hasPrefix("ARRAY<") {
            return .array(try sample(String(parameter.dropFirst(6).dropLast())))
        }
        if parameter.hasPrefix("MAP<") {
            let parts = split(String(parameter.dropFirst(4).dropLast()))
            return .map(key: try sample(parts[0]), value: try sample(parts[1]))
        }
        let samples: [String: DataType] = [
            "T": .date, "U": .time, "DECIMAL": .decimal(precision: 9, scale: 2), "INTEGER": .integer,
            "BIGINT": .bigint, "DOUBLE": .double, "STRING": .string, "BYTES": .bytes, "BOOLEAN": .boolean,
            "DATE": .date, "TIME": .time, "TIMESTAMP": .timestamp,
        ]
        guard let type = samples[parameter] else { throw Unknown(parameter: parameter) }
        return type
    }

    struct Unknown: Error {
        let parameter: String
    }

    private static func text(of type: DataType, isGeneric: Bool) -> String {
        switch type {
        case .decimal: return "DECIMAL"
        case .date where isGeneric: return "T"
        case .time where isGeneric: return "U"
        case .array(let element): return "ARRAY<\(text(of: element, isGeneric: isGeneric))>"
        case .map(let key, let value):
            return "MAP<\(text(of: key, isGeneric: isGeneric)), \(text(of: value, isGeneric: isGeneric))>"
        case .structure(let fields):
            let members = fields.map { "\($0.name) \(text(of: $0.type, isGeneric: isGeneric))" }
            return "STRUCT<\(members.joined(separator: ", "))>"
        default: return type.sql
        }
    }
}
