import Columnar
import Diagnostics
import Expressions
import Language

/// Finds `LAG(…) OVER (…)` in a SELECT list, and gives each a column behind the input's row.
final class PriorRowAnalyzer {
    typealias Typed = Expressions.Expression

    private let input: Relation
    private let inner: ExpressionTranslator
    private(set) var plan: PriorRowsPlan?
    /// Of the first of them.
    private(set) var place: SourceLocation?

    init(input: Relation, inner: ExpressionTranslator) {
        self.input = input
        self.inner = inner
    }

    /// Rows back at most: so many are kept for each key.
    private static let longestDistance = 1000

    func column(for syntax: Language.Expression) throws -> Typed? {
        guard case .over(_, let arguments, let partition) = syntax.kind else { return nil }
        let statement = inner.statement
        let place = statement.location(of: syntax.span)
        self.place = self.place ?? place
        if input.kind == .table {
            throw Diagnostic(
                .invalidStatement, "\(input.name) is a table, which has one row for each key", at: place,
                expected: "a stream", hint: "look back in the stream that the table is made of")
        }
        guard (1...3).contains(arguments.count) else {
            throw Diagnostic(
                .invalidArgument, "LAG … OVER has \(arguments.count) arguments", at: place,
                expected: "LAG(value), LAG(value, n) or LAG(value, n, default)")
        }
        let argument = try inner.translate(arguments[0])
        var distance = 1
        if arguments.count > 1 { distance = try self.distance(arguments[1]) }
        var fallback: Typed?
        if arguments.count > 2 { fallback = try self.fallback(arguments[2], argument.type) }
        let keys = try partition.map { try inner.translate($0) }
        var found = plan ?? PriorRowsPlan(keys: keys, values: [])
        guard found.keys == keys else {
            throw Diagnostic(
                .unsupported, "a query looks back by one PARTITION BY, and this is another", at: place,
                hint: "make a stream of the first, and look back by the other in a query over that")
        }
        let value = PriorRowsPlan.Value(
            argument: argument, distance: distance, fallback: fallback,
            text: statement.fragment(syntax.span))
        let known = found.values.firstIndex {
            $0.argument == argument && $0.distance == distance && $0.fallback == fallback
        }
        if known == nil { found.values.append(value) }
        plan = found
        return .column(input.width + (known ?? found.values.count - 1), argument.type)
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
