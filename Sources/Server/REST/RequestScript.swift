import Diagnostics
import Language

/// The statements of a request, each with the variables that hold at its place.
struct RequestScript {
    struct Step {
        let statement: Statement
        let variables: Variables
    }

    let text: String
    private(set) var steps: [Step] = []

    /// - Throws: the first statement that can't be read.
    init(_ text: String, _ variables: Variables) throws(ErrorReply) {
        self.text = text
        var reader = ScriptReader(text, variables: variables)
        do throws(Diagnostic) {
            while let statement = try reader.next() {
                steps.append(Step(statement: statement, variables: reader.variables))
            }
        } catch {
            throw ErrorReply(error, statementText: shown(error))
        }
    }

    var statements: [Statement] { steps.map(\.statement) }

    /// The only statement.
    func single() throws(ErrorReply) -> Step {
        if steps.count == 1 { return steps[0] }
        let what = steps.isEmpty ? "no statement" : "\(steps.count) statements"
        throw ErrorReply(
            Diagnostic(.invalidStatement, "the request holds \(what)", expected: "one query"),
            statementText: StatementText.shown(text))
    }

    /// The statement that a diagnostic points at; the whole text where it points nowhere.
    func shown(_ diagnostic: Diagnostic) -> String {
        guard let offset = diagnostic.location?.offset,
            let step = steps.first(where: {
                $0.statement.span.offset <= offset && offset <= $0.statement.span.end
            })
        else { return StatementText.shown(text) }
        return StatementText.shown(step.statement.text)
    }
}
