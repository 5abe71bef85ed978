import Columnar
import Diagnostics

/// The registry of aggregate functions.
public enum AggregateFunctions {
    /// Makes the function for argument types and options, or nil when these do not fit.
    typealias Maker = @Sendable (_ types: [DataType], _ literals: [Value?]) -> (any AggregateFunction)?

    private struct Entry: Sendable {
        let forms: [String]
        let make: Maker
    }

    private static let table: [String: Entry] = [
        "COUNT": Entry(forms: ["COUNT(*)", "COUNT(T)"]) { types, _ in
            types.count <= 1 ? CountFunction(distinct: false) : nil
        },
        "COUNT_DISTINCT": Entry(forms: ["COUNT_DISTINCT(T)"]) { types, _ in
            types.count == 1 ? CountFunction(distinct: true) : nil
        },
        "SUM": Entry(forms: ["SUM(number)"]) { types, _ in
            types.count == 1 && types[0].isNumeric ? SumFunction(types[0]) : nil
        },
        "AVG": Entry(forms: ["AVG(number)"]) { types, _ in
            types.count == 1 && types[0].isNumeric ? AverageFunction(types[0]) : nil
        },
        "MIN": Entry(forms: ["MIN(T with an order)"]) { types, _ in
            types.count == 1 && TypeRules.hasOrder(types[0])
                ? ExtremeFunction(types[0], maximum: false) : nil
        },
        "MAX": Entry(forms: ["MAX(T with an order)"]) { types, _ in
            types.count == 1 && TypeRules.hasOrder(types[0])
                ? ExtremeFunction(types[0], maximum: true) : nil
        },
        "LATEST_BY_OFFSET": Entry(
            forms: ["LATEST_BY_OFFSET(T)", "LATEST_BY_OFFSET(T, ignore_nulls BOOLEAN)"]
        ) { offset($0, $1, latest: true) },
        "EARLIEST_BY_OFFSET": Entry(
            forms: ["EARLIEST_BY_OFFSET(T)", "EARLIEST_BY_OFFSET(T, ignore_nulls BOOLEAN)"]
        ) { offset($0, $1, latest: false) },
    ]

    private static func offset(
        _ types: [DataType], _ literals: [Value?], latest: Bool
    ) -> (any AggregateFunction)? {
        switch types.count {
        case 1: return OffsetFunction(types[0], latest: latest, ignoresNulls: true)
        case 2:
            guard case .boolean(let ignoresNulls)? = literals[1] else { return nil }
            return OffsetFunction(types[0], latest: latest, ignoresNulls: ignoresNulls)
        default: return nil
        }
    }

    /// All names, sorted.
    public static var names: [String] { table.keys.sorted() }

    public static func isAggregate(_ name: String) -> Bool { table[name.uppercased()] != nil }

    /// The function for arguments of these types; `COUNT(*)` has none.
    ///
    /// - Parameter literals: for each argument its value if it is a literal; options such as TOPK's k are read from them.
    public static func resolve(
        _ name: String, argumentTypes types: [DataType], literals: [Value?]
    ) throws(TypeError) -> any AggregateFunction {
        precondition(types.count == literals.count, "a literal or nil for each argument")
        let name = name.uppercased()
        guard let entry = table[name] else {
            let nearest = NearestName.suggestion(for: name, among: names)
            throw TypeError(
                .unknownFunction, "there is no aggregate function \(name)",
                expected: "the name of a function", found: name, hint: nearest.map { "did you mean \($0)?" })
        }
        if let function = entry.make(types, literals) { return function }
        let given = types.map(\.sql).joined(separator: ", ")
        throw TypeError(
            .invalidArgument, "the function \(name) does not accept parameters (\(given))",
            expected: entry.forms.joined(separator: " or "), found: "(\(given))")
    }

    /// The same for expressions.
    public static func resolve(
        _ name: String, _ arguments: [Expression]
    ) throws(TypeError) -> any AggregateFunction {
        try resolve(
            name, argumentTypes: arguments.map(\.type),
            literals: arguments.map {
                if case .literal(let value, _) = $0 { return value }
                return nil
            })
    }
}
