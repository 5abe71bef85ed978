import Diagnostics
import Formats
import Glibc
import Language

// What the session does without the server.
extension ShellSession {
    private static let deepestScript = 16

    func executeHere(_ statement: PlacedStatement) throws(Diagnostic) {
        var reader = ScriptReader(statement.text, variables: variables)
        guard let parsed = try reader.next() else { return }
        variables = reader.variables
        switch parsed.kind {
        case .set(let setting):
            set(setting.name, to: setting.value)
            note("\(setting.name) = \(setting.value)")
        case .unset(let name): set(name.text, to: nil)
        case .define(let setting): note("\(setting.name) = \(setting.value)")
        case .undefine: break
        case .show: showVariables()
        case .runScript(let path): try runScript(path)
        default: throw Diagnostic(.unsupported, "the shell does not know this statement")
        }
    }

    private func showVariables() {
        let rows: [[JSONValue]] = variables.all.map { [.string($0.name), .string($0.value)] }
        switch form {
        case .table:
            show([.table(titles: ["Variable", "Value"], rows: rows, empty: "no variables")])
        case .csv:
            terminal.line("Variable,Value")
            for row in rows { terminal.line(CSVLine.text(row)) }
        case .json:
            for row in rows {
                terminal.line(JSONValue.object([.init("name", row[0]), .init("value", row[1])]).text)
            }
        }
    }

    /// Does the statements of a file; its errors have their places there.
    func runScript(_ path: String) throws(Diagnostic) {
        guard scripts.count < Self.deepestScript else {
            throw Diagnostic(
                .limit, "scripts run each other more than \(Self.deepestScript) deep",
                hint: "does \(path) run itself?")
        }
        scripts.append(path)
        defer { scripts.removeLast() }
        let text = try ScriptText.read(path)
        try run(SourceText(text, file: path))
    }
}
