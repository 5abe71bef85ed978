import Columnar

/// What there is to know of a function without its code.
public enum FunctionGuide {
    /// In a sentence or less; nil when there is no function of this name.
    public static func meaning(of name: String) -> String? {
        FunctionTexts.entries[name.uppercased()]?.meaning
    }

    /// Its forms; empty when there is no function of this name.
    public static func variants(of name: String) -> [FunctionVariant] {
        let name = name.uppercased()
        let signatures = TableFunctions.contains(name) ? [] : ScalarFunctions.forms(of: name)
        if !signatures.isEmpty {
            return signatures.enumerated().map { index, signature in
                variant(
                    name, signature.parameters.map(\.text) + (signature.repeats ? ["…"] : []),
                    result: result(of: signature) ?? told(name, index, of: signatures.count))
            }
        }
        let forms =
            ScalarFunctions.signatures(of: name) + AggregateFunctions.signatures(of: name)
        let all = TableFunctions.contains(name) ? TableFunctions.signatures(of: name) : forms
        return all.enumerated().map { index, form in
            let parameters = parameters(of: form)
            let result =
                takesMany(parameters) ? told(name, all.count - 1, of: all.count) : told(name, 0, of: 1)
            return variant(
                name, parameters,
                result: Iteration.Kind(rawValue: name) == nil ? result : told(name, index, of: all.count))
        }
    }

    /// What the page says: for each form, or for all.
    private static func told(_ name: String, _ index: Int, of count: Int) -> String {
        let results = FunctionTexts.entries[name]?.results ?? []
        if results.count == count { return results[index] }
        return (count > 1 ? results.last : results.first) ?? ""
    }

    /// nil where it depends on the types that stand for T and the like.
    private static func result(of signature: Signature) -> String? {
        var types: [DataType] = []
        for pattern in signature.parameters {
            switch pattern {
            case .type(let type): types.append(type)
            case .decimal: types.append(.decimal(precision: sample.precision, scale: sample.scale))
            case .unit: types.append(.string)
            default: return nil
            }
        }
        let result = signature.result(types)
        if case .decimal = result { return "DECIMAL" }
        return result.sql
    }

    private static let sample = (precision: 10, scale: 2)

    /// Whether the form of an aggregate asks for so many values: n of EARLIEST_BY_OFFSET, several columns of
    /// TOPK.
    private static func takesMany(_ parameters: [String]) -> Bool {
        parameters.contains("n") || parameters.contains("…")
    }

    private static func variant(_ name: String, _ parameters: [String], result: String) -> FunctionVariant {
        var arguments: [FunctionVariant.Argument] = []
        var names = FunctionTexts.entries[name]?.arguments ?? []
        for (index, parameter) in parameters.enumerated() where parameter != "…" && parameter != "*" {
            let isVariadic = index + 1 < parameters.count && parameters[index + 1] == "…"
            let (word, type) = option(parameter)
            let given = word ?? (names.isEmpty ? "argument\(index + 1)" : names[0])
            if !names.isEmpty { names.removeFirst() }
            arguments.append(FunctionVariant.Argument(name: given, type: type, isVariadic: isVariadic))
        }
        return FunctionVariant(name, arguments, result: result)
    }

    /// Of a literal that the forms of aggregates name, its name and type.
    private static func option(_ parameter: String) -> (name: String?, type: String) {
        switch parameter {
        case "k", "n": (parameter, "INTEGER")
        case "ignore_nulls": ("ignoreNulls", "BOOLEAN")
        case "T with an order": (nil, "T")
        default: (nil, parameter)
        }
    }

    /// `F(MAP<K, V>, (k, v) => T, …)` → `MAP<K, V>`, `(k, v) => T`, `…`.
    private static func parameters(of form: String) -> [String] {
        guard let open = form.firstIndex(of: "("), form.last == ")" else { return [] }
        var parameters: [String] = []
        var current = ""
        var depth = 0
        var former: Character = " "
        for letter in form[form.index(after: open)...].dropLast() {
            if letter == "<" || letter == "(" { depth += 1 }
            if letter == ")" || letter == ">" && former != "=" { depth -= 1 }
            former = letter
            if letter == ",", depth == 0 {
                parameters.append(current)
                current = ""
            } else if letter != " " || !current.isEmpty {
                current.append(letter)
            }
        }
        return parameters + (current.isEmpty ? [] : [current])
    }
}
