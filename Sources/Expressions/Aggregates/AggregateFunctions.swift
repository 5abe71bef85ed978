import Columnar
import Diagnostics

/// The registry of aggregate functions.
public enum AggregateFunctions {
    /// Makes the function for argument types and options, or nil when these do not fit.
    typealias Maker =
        @Sendable (
            _ types: [DataType], _ literals: [Value?], _ limits: Limits
        ) -> (any AggregateFunction)?

    /// How many values COLLECT_LIST and COLLECT_SET keep; further ones are ignored.
    public struct Limits: Sendable {
        public var collectList = Int(Int32.max)
        public var collectSet = Int(Int32.max)

        public init() {}
    }

    private struct Entry: Sendable {
        let forms: [String]
        let make: Maker
    }

    private static let table: [String: Entry] = [
        "COUNT": Entry(forms: ["COUNT(*)", "COUNT(T)"]) { types, _, _ in
            types.count <= 1 ? CountFunction(distinct: false) : nil
        },
        "COUNT_DISTINCT": Entry(forms: ["COUNT_DISTINCT(T)"]) { types, _, _ in
            types.count == 1 ? CountFunction(distinct: true) : nil
        },
        "SUM": Entry(forms: ["SUM(number)"]) { types, _, _ in
            types.count == 1 && types[0].isNumeric ? SumFunction(types[0]) : nil
        },
        "AVG": Entry(forms: ["AVG(number)"]) { types, _, _ in
            types.count == 1 && types[0].isNumeric ? AverageFunction(types[0]) : nil
        },
        "MIN": Entry(forms: ["MIN(T with an order)"]) { types, _, _ in
            types.count == 1 && TypeRules.hasOrder(types[0])
                ? ExtremeFunction(types[0], maximum: false) : nil
        },
        "MAX": Entry(forms: ["MAX(T with an order)"]) { types, _, _ in
            types.count == 1 && TypeRules.hasOrder(types[0])
                ? ExtremeFunction(types[0], maximum: true) : nil
        },
        "LATEST_BY_OFFSET": Entry(forms: offsetForms("LATEST_BY_OFFSET")) { types, literals, _ in
            offset(types, literals, latest: true)
        },
        "LAG": Entry(forms: ["LAG(T)", "LAG(T, n)"]) { types, literals, _ in lag(types, literals) },
        "EARLIEST_BY_OFFSET": Entry(forms: offsetForms("EARLIEST_BY_OFFSET")) { types, literals, _ in
            offset(types, literals, latest: false)
        },
        "COLLECT_LIST": Entry(forms: ["COLLECT_LIST(T)"]) { types, _, limits in
            types.count == 1
                ? CollectFunction(types[0], kind: .list, limit: limits.collectList, ignoresNulls: false) : nil
        },
        "COLLECT_SET": Entry(forms: ["COLLECT_SET(T)"]) { types, _, limits in
            types.count == 1
                ? CollectFunction(types[0], kind: .set, limit: limits.collectSet, ignoresNulls: false) : nil
        },
        "TOPK": Entry(forms: ["TOPK(T with an order, k)", "TOPK(T with an order, U, …, k)"]) {
            types, literals, _ in top(types, literals, distinct: false)
        },
        "TOPKDISTINCT": Entry(forms: ["TOPKDISTINCT(T with an order, k)"]) { types, literals, _ in
            types.count == 2 ? top(types, literals, distinct: true) : nil
        },
        "HISTOGRAM": Entry(forms: ["HISTOGRAM(STRING)"]) { types, _, _ in
            types == [.string] ? TallyFunction(histogramOf: .string) : nil
        },
        "ATTR": Entry(forms: ["ATTR(T)"]) { types, _, _ in
            types.count == 1 ? TallyFunction(attributeOf: types[0]) : nil
        },
        "STDDEV_SAMPLE": Entry(forms: ["STDDEV_SAMPLE(number)"]) { types, _, _ in
            types.count == 1 && types[0].isNumeric ? DeviationFunction(types[0], root: true) : nil
        },
        "STDDEV_SAMP": Entry(forms: ["STDDEV_SAMP(number)"]) { types, _, _ in
            types.count == 1 && types[0].isNumeric ? DeviationFunction(types[0], root: false) : nil
        },
        "CORRELATION": Entry(forms: ["CORRELATION(number, number)"]) { types, _, _ in
            types.count == 2 && types.allSatisfy(\.isNumeric) ? CorrelationFunction() : nil
        },
        "SUM_LIST": Entry(forms: ["SUM_LIST(ARRAY<number>)"]) { types, _, _ in
            guard types.count == 1, case .array(let element) = types[0], element.isNumeric else { return nil }
            return SumListFunction(element)
        },
    ]

    private static func offsetForms(_ name: String) -> [String] {
        ["\(name)(T)", "\(name)(T, ignore_nulls)", "\(name)(T, n)", "\(name)(T, n, ignore_nulls)"]
    }

    private static func offset(
        _ types: [DataType], _ literals: [Value?], latest: Bool
    ) -> (any AggregateFunction)? {
        guard (1...3).contains(types.count) else { return nil }
        var ignoresNulls = true
        var options = literals.dropFirst()
        if case .boolean(let given)?? = options.last {
            ignoresNulls = given
            options = options.dropLast()
        }
        guard let option = options.first else {
            return OffsetFunction(types[0], latest: latest, ignoresNulls: ignoresNulls)
        }
        guard options.count == 1, case .integer(let limit)? = option, limit > 0 else { return nil }
        return CollectFunction(
            types[0], kind: latest ? .latest : .earliest, limit: Int(limit), ignoresNulls: ignoresNulls)
    }

    private static func lag(_ types: [DataType], _ literals: [Value?]) -> (any AggregateFunction)? {
        if types.count == 1 { return LagFunction(types[0], distance: 1) }
        guard types.count == 2, case .integer(let distance)? = literals[1], (1...10_000).contains(distance)
        else { return nil }
        return LagFunction(types[0], distance: Int(distance))
    }

    private static func top(
        _ types: [DataType], _ literals: [Value?], distinct: Bool
    ) -> (any AggregateFunction)? {
        guard types.count >= 2, TypeRules.hasOrder(types[0]), case .integer(let limit)?? = literals.last,
            limit > 0
        else { return nil }
        return TopFunction(
            types[0], columns: Array(types[1..<types.count - 1]), limit: Int(limit), distinct: distinct)
    }

    /// All names, sorted.
    public static var names: [String] { table.keys.sorted() }

    /// The forms of a function, such as `TOPK(T with an order, k)`; empty when there is none of this name.
    public static func signatures(of name: String) -> [String] { table[name.uppercased()]?.forms ?? [] }

    public static func isAggregate(_ name: String) -> Bool { table[name.uppercased()] != nil }

    /// The function for arguments of these types; `COUNT(*)` has none.
    ///
    /// - Parameter literals: for each argument its value if it is a literal; options such as TOPK's k are
    ///   read from them.
    public static func resolve(
        _ name: String, argumentTypes types: [DataType], literals: [Value?], limits: Limits = Limits()
    ) throws(TypeError) -> any AggregateFunction {
        precondition(types.count == literals.count, "a literal or nil for each argument")
        let name = name.uppercased()
        guard let entry = table[name] else {
            let nearest = NearestName.suggestion(for: name, among: names)
            throw TypeError(
                .unknownFunction, "there is no aggregate function \(name)",
                expected: "the name of a function", found: name, hint: nearest.map { "did you mean \($0)?" })
        }
        if let function = entry.make(types, literals, limits) { return function }
        let given = types.map(\.sql).joined(separator: ", ")
        throw TypeError(
            .invalidArgument, "the function \(name) does not accept parameters (\(given))",
            expected: entry.forms.joined(separator: " or "), found: "(\(given))")
    }

    /// The same for expressions.
    public static func resolve(
        _ name: String, _ arguments: [Expression], limits: Limits = Limits()
    ) throws(TypeError) -> any AggregateFunction {
        try resolve(
            name, argumentTypes: arguments.map(\.type),
            literals: arguments.map {
                if case .literal(let value, _) = $0 { return value }
                return nil
            }, limits: limits)
    }
}
