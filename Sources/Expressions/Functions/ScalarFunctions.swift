import Columnar
import Diagnostics

/// The registry of scalar functions.
public enum ScalarFunctions {
    /// One function is one entry in one of these lists.
    private static let entries: [ScalarFunction] =
        NullFunctions.entries + TextFunctions.entries + NumberFunctions.entries + TimeFunctions.entries
        + TimeTextFunctions.entries + ArrayFunctions.entries + MapFunctions.entries + BytesFunctions.entries
        + MoreTextFunctions.entries + URLFunctions.entries + PatternFunctions.entries + JSONFunctions.entries
        + TableFunctions.entries

    private static let table: [String: ScalarFunction] = {
        var table: [String: ScalarFunction] = [:]
        for entry in entries {
            for name in entry.names {
                precondition(table[name] == nil, "the function \(name) is entered twice")
                table[name] = entry
            }
        }
        return table
    }()

    /// All names, sorted; those of the functions that take lambdas too.
    public static var names: [String] {
        (table.keys.filter { !TableFunctions.contains($0) } + Iteration.Kind.allCases.map(\.rawValue))
            .sorted()
    }

    public static func contains(_ name: String) -> Bool {
        let name = name.uppercased()
        return (table[name] != nil && !TableFunctions.contains(name)) || Iteration.Kind(rawValue: name) != nil
    }

    /// The forms of a function, such as `SUBSTRING(STRING, INTEGER)`; empty when there is none of this name.
    public static func signatures(of name: String) -> [String] {
        let name = name.uppercased()
        if let iteration = Iteration.Kind(rawValue: name) { return iteration.signatures }
        return table[name]?.signatures.map { $0.text(name) } ?? []
    }

    /// Empty for functions that take lambdas.
    static func forms(of name: String) -> [Signature] { table[name]?.signatures ?? [] }

    static func signature(_ name: String, _ index: Int) -> Signature {
        guard let function = table[name] else { preconditionFailure("\(name) was resolved before") }
        return function.signatures[index]
    }

    /// Resolves a call: finds the function, widens the arguments to its parameters.
    ///
    /// An unknown name gives the nearest one, unfit arguments give all signatures.
    public static func call(
        _ name: String, _ arguments: [Expression]
    ) throws(TypeError) -> Expression {
        let name = name.uppercased()
        guard let function = table[name] else {
            throw contains(name) ? refusal(name, arguments) : unknown(name)
        }
        let arguments = try timesRead(name, arguments)
        var best: (index: Int, match: SignatureMatch)?
        for (index, signature) in function.signatures.enumerated() {
            guard let match = SignatureMatch(signature, arguments) else { continue }
            if best == nil || match.cost < best?.match.cost ?? 0 { best = (index, match) }
        }
        let types = arguments.map { $0.isUntypedNull ? nil : $0.type }
        if let objection = function.objection?(types) {
            throw TypeError(
                .invalidArgument, "the function \(name) \(objection) (\(list(arguments)))",
                expected: signatures(of: name).joined(separator: " or "), found: list(arguments),
                hint: "CAST the arguments to one type")
        }
        guard let (index, match) = best else { throw refusal(name, arguments) }
        let signature = function.signatures[index]
        let bound = BoundFunction(
            name: name, argumentTypes: match.types, resultType: signature.result(match.types),
            isDeterministic: signature.volatility == .pure, signature: index)
        return .call(bound, zip(arguments, match.types).map { $0.widened(to: $1) })
    }

    private static func list(_ arguments: [Expression]) -> String {
        arguments.map { $0.isUntypedNull ? "null" : $0.type.sql }.joined(separator: ", ")
    }

    private static func refusal(_ name: String, _ arguments: [Expression]) -> TypeError {
        let given = list(arguments)
        return TypeError(
            .invalidArgument, "the function \(name) does not accept parameters (\(given))",
            expected: signatures(of: name).joined(separator: " or "), found: "(\(given))")
    }

    /// GREATEST and LEAST read texts beside dates and times as such, where they are literals.
    private static func timesRead(
        _ name: String, _ arguments: [Expression]
    ) throws(TypeError) -> [Expression] {
        guard name == "GREATEST" || name == "LEAST",
            let type = arguments.first(where: { [.date, .time, .timestamp].contains($0.type) })?.type
        else { return arguments }
        var read: [Expression] = []
        for argument in arguments {
            if case .literal(.string, _) = argument {
                read.append(try argument.coerced(to: type))
            } else {
                read.append(argument)
            }
        }
        return read
    }

    private static func unknown(_ name: String) -> TypeError {
        TypeError(
            .unknownFunction, "there is no function \(name)", expected: "the name of a function",
            found: name, hint: hint(for: name))
    }

    // MARK: Names that do not exist

    /// What other dialects call functions that are here under another name.
    private static let namesElsewhere: [String: String] = [
        "CEILING": "CEIL", "CHARINDEX": "INSTR", "DAYNAME": "FORMAT_DATE", "LENGTH": "LEN",
        "CHAR_LENGTH": "LEN", "LOWER": "LCASE", "LTRIM": "TRIM", "NVL": "IFNULL", "POSITION": "INSTR",
        "POW": "POWER", "REGEXP_MATCHES": "REGEXP_EXTRACT", "RTRIM": "TRIM", "SPLIT_PART": "SPLIT",
        "STRPOS": "INSTR", "SUBSTR": "SUBSTRING", "TO_DATE": "PARSE_DATE", "TO_TIMESTAMP": "PARSE_TIMESTAMP",
        "UPPER": "UCASE",
    ]

    /// What to do about a function that is not there.
    ///
    /// - Parameter others: names that the writer may also have meant, such as those of aggregates.
    public static func hint(for name: String, others: [String] = []) -> String {
        let name = name.uppercased()
        if let meant = namesElsewhere[name], contains(meant) { return "here it is called \(meant)" }
        if let near = NearestName.suggestion(for: name, among: names + others) {
            return "did you mean \(near)?"
        }
        if let elsewhere = NearestName.suggestion(for: name, among: namesElsewhere.keys.sorted()),
            let meant = namesElsewhere[elsewhere], contains(meant)
        {
            return "\(elsewhere) is called \(meant) here"
        }
        return "docs/sql/functions.md lists the functions"
    }
}
