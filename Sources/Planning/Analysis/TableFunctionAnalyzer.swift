import Columnar
import Diagnostics
import Expressions
import Language

/// Finds the table functions of a SELECT list, and gives each a column behind the input's row.
final class TableFunctionAnalyzer {
    typealias Typed = Expressions.Expression

    private let input: Relation
    private let inner: ExpressionTranslator
    private(set) var functions: [TableFunction] = []

    init(input: Relation, inner: ExpressionTranslator) {
        self.input = input
        self.inner = inner
    }

    /// A translator that knows the table functions' columns.
    var translator: ExpressionTranslator {
        var translator = inner
        translator.replace = { syntax in try self.column(for: syntax) }
        return translator
    }

    private func column(for syntax: Language.Expression) throws -> Typed? {
        guard case .call(let name, let arguments) = syntax.kind, Self.isTableFunction(name.text) else {
            return nil
        }
        let statement = inner.statement
        let place = statement.location(of: syntax.span)
        if input.kind == .table {
            throw Diagnostic(
                .invalidStatement,
                "\(name.text.uppercased()) makes several rows of one, and \(input.name) is a table",
                at: place, expected: "a stream", hint: "read the stream that the table is made of")
        }
        let typed = try arguments.map { try inner.translate($0) }
        let array: Typed
        do {
            array = try TableFunctions.call(name.text, typed)
        } catch {
            throw error.diagnostic(at: place)
        }
        guard case .array(let element) = array.type else { preconditionFailure("checked by the call") }
        functions.append(TableFunction(argument: array, text: statement.fragment(syntax.span)))
        return .column(input.width + functions.count - 1, element)
    }

    static func isTableFunction(_ name: String) -> Bool { TableFunctions.contains(name) }

    /// The first call of a table function in an expression.
    static func call(in syntax: Language.Expression) -> Language.Expression? {
        if case .call(let name, _) = syntax.kind, isTableFunction(name.text) { return syntax }
        for operand in syntax.kind.operands {
            if let found = call(in: operand) { return found }
        }
        return nil
    }
}
