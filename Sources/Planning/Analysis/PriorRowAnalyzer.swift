import Columnar
import Diagnostics
import Expressions
import Language

/// Finds `LAG(…) OVER (…)` and aggregates with OVER in a SELECT list, and gives each a column behind the
/// input's row.
final class PriorRowAnalyzer {
    typealias Typed = Expressions.Expression

    private let input: Relation
    private let inner: ExpressionTranslator
    private let settings: Settings
    private(set) var plan: PriorRowsPlan?
    /// Of the first of them.
    private(set) var place: SourceLocation?
    /// The totals by their syntax.
    private var totals: [Language.Expression: Int] = [:]

    init(input: Relation, inner: ExpressionTranslator, settings: Settings) {
        self.input = input
        self.inner = inner
        self.settings = settings
    }

    /// Rows back at most: so many are kept for each key.
    private static let longestDistance = 1000

    /// Totals stand behind the values of earlier rows, and nobody knows yet how many there are.
    private static let late = 1 << 20

    func column(for syntax: Language.Expression) throws -> Typed? {
        guard case .over(let name, let arguments, let partition, let within) = syntax.kind else { return nil }
        let place = inner.statement.location(of: syntax.span)
        self.place = self.place ?? place
        if input.kind == .table {
            throw Diagnostic(
                .invalidStatement, "\(input.name) is a table, which has one row for each key", at: place,
                expected: "a stream", hint: "look back in the stream that the table is made of")
        }
        let keys = try partition.map { try inner.translate($0) }
        var found = plan ?? PriorRowsPlan(keys: keys, lifetime: within?.milliseconds)
        guard found.keys == keys, found.lifetime == within?.milliseconds else {
            throw Diagnostic(
                .unsupported, "a query looks back by one PARTITION BY, and this is another", at: place,
                hint: "make a stream of the first, and look back by the other in a query over that")
        }
        defer { plan = found }
        if name.text.uppercased() == "LAG" { return try lag(arguments, syntax, &found) }
        return try total(name, arguments, syntax, &found)
    }

    /// The columns of a SELECT list, once all is known that looks back.
    func settled(_ columns: SelectedColumns) -> SelectedColumns {
        guard let plan, !plan.totals.isEmpty else { return columns }
        let first = input.width + plan.values.count
        return columns.mapping { $0.mappingColumns { $0 >= Self.late ? $0 - Self.late + first : $0 } }
    }

    private func lag(
        _ arguments: [Language.Expression], _ syntax: Language.Expression, _ found: inout PriorRowsPlan
    ) throws -> Typed {
        guard (1...3).contains(arguments.count) else {
            throw Diagnostic(
                .invalidArgument, "LAG … OVER has \(arguments.count) arguments",
                at: inner.statement.location(of: syntax.span),
                expected: "LAG(value), LAG(value, n) or LAG(value, n, default)")
        }
        let argument = try inner.translate(arguments[0])
        var distance = 1
        if arguments.count > 1 { distance = try self.distance(arguments[1]) }
        var fallback: Typed?
        if arguments.count > 2 { fallback = try self.fallback(arguments[2], argument.type) }
        let value = PriorRowsPlan.Value(
            argument: argument, distance: distance, fallback: fallback,
            text: inner.statement.fragment(syntax.span))
        let known = found.values.firstIndex {
            $0.argument == argument && $0.distance == distance && $0.fallback == fallback
        }
        if known == nil { found.values.append(value) }
        return .column(input.width + (known ?? found.values.count - 1), argument.type)
    }

    private func total(
        _ name: Identifier, _ arguments: [Language.Expression], _ syntax: Language.Expression,
        _ found: inout PriorRowsPlan
    ) throws -> Typed {
        let place = inner.statement.location(of: syntax.span)
        guard AggregateFunctions.isAggregate(name.text) else {
            throw Diagnostic(
                .unknownFunction, "\(name.text) is no function that has OVER", at: place,
                expected: "LAG, or an aggregate function such as COUNT or SUM",
                hint: "COUNT(*) OVER (…) numbers the rows of a key from 1 on")
        }
        if let known = totals[syntax] {
            return .column(Self.late + known, found.totals[known].function.resultType)
        }
        let call = try AggregateCall(name, arguments, syntax, inner, settings)
        guard !call.function.countsDistinct else {
            throw Diagnostic(
                .unsupported, "\(call.name) has no OVER: it keeps all values of all keys", at: place,
                expected: "another aggregate function, such as COUNT or SUM",
                hint: "count the first ones: make a stream with DEDUPLICATE BY, and COUNT(*) OVER (…) there")
        }
        totals[syntax] = found.totals.count
        found.totals.append(call)
        return .column(Self.late + found.totals.count - 1, call.function.resultType)
    }

    private func distance(_ syntax: Language.Expression) throws -> Int {
        if case .integer(let number) = syntax.kind, (1...Self.longestDistance).contains(Int(number)) {
            return Int(number)
        }
        throw Diagnostic(
            .invalidArgument, "\(inner.statement.fragment(syntax.span)) is no number of rows",
            at: inner.statement.location(of: syntax.span),
            expected: "a whole number from 1 to \(Self.longestDistance)")
    }

    private func fallback(_ syntax: Language.Expression, _ type: DataType) throws -> Typed {
        let given = try inner.translate(syntax)
        do {
            return try given.coerced(to: type)
        } catch {
            throw Diagnostic(
                .typeMismatch, "the default is \(given.type.sql), and the value \(type.sql)",
                at: inner.statement.location(of: syntax.span), expected: type.sql,
                hint: "cast one of them")
        }
    }
}
