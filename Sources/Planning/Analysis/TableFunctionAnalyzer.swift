import Columnar
import Diagnostics
import Expressions
import Language

/// Finds the table functions of a SELECT list, and gives each a column behind the input's row.
final class TableFunctionAnalyzer {
    typealias Typed = Expressions.Expression

    static let names: Set<String> = ["EXPLODE"]

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
        guard typed.count == 1, case .array(let element) = typed[0].type else {
            let given = typed.map { $0.isUntypedNull ? "null" : $0.type.sql }.joined(separator: ", ")
            throw Diagnostic(
                .invalidArgument,
                "the function \(name.text.uppercased()) does not accept parameters (\(given))", at: place,
                expected: "EXPLODE(ARRAY<T>)",
                hint: typed.count == 1 ? "of a map, take ENTRIES(map, TRUE), an ARRAY" : nil)
        }
        functions.append(TableFunction(argument: typed[0], text: statement.fragment(syntax.span)))
        return .column(input.width + functions.count - 1, element)
    }

    static func isTableFunction(_ name: String) -> Bool { names.contains(name.uppercased()) }

    /// The first call of a table function in an expression.
    static func call(in syntax: Language.Expression) -> Language.Expression? {
        if case .call(let name, _) = syntax.kind, isTableFunction(name.text) { return syntax }
        for operand in syntax.kind.operands {
            if let found = call(in: operand) { return found }
        }
        return nil
    }
}
