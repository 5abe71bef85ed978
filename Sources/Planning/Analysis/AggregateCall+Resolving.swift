import Columnar
import Diagnostics
import Expressions
import Language

extension AggregateCall {
    /// The call of an aggregate function as it is written.
    ///
    /// - Parameter inner: of what is aggregated.
    init(
        _ name: Identifier, _ arguments: [Language.Expression], _ syntax: Language.Expression,
        _ inner: ExpressionTranslator, _ settings: Settings
    ) throws {
        let isStar = arguments.count == 1 && arguments[0].kind == .allColumns(of: nil)
        let typed = isStar ? [] : try arguments.map { try inner.translate($0) }
        let literals = typed.map { argument -> Value? in
            if case .literal(let value, _) = argument.folded { return value }
            return nil
        }
        do {
            let function = try AggregateFunctions.resolve(
                name.text.uppercased(), argumentTypes: typed.map(\.type), literals: literals,
                limits: Self.limits(settings))
            self.init(
                name: name.text.uppercased(), function: function, arguments: typed,
                text: inner.statement.fragment(syntax.span))
        } catch {
            throw Diagnostic(
                error.code, error.message, at: inner.statement.location(of: syntax.span),
                expected: error.expected.isEmpty ? nil : error.expected, hint: error.hint)
        }
    }

    private static func limits(_ settings: Settings) -> AggregateFunctions.Limits {
        var limits = AggregateFunctions.Limits()
        func limit(_ name: SettingName) -> Int? {
            settings[name].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        }
        limits.collectList = limit(.collectListLimit) ?? limits.collectList
        limits.collectSet = limit(.collectSetLimit) ?? limits.collectSet
        return limits
    }
}
