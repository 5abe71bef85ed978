import Diagnostics
import Glibc
import Storage

/// The interactive mode: DuckDB's own shell with the lake's tables in it.
///
/// History, editing, completion and drawing are DuckDB's. Each table is a view over a text that a variable
/// holds, and the prompt sets that variable anew, from a pipe at whose other end this program is: so a
/// statement sees what was committed when its prompt appeared.
/// ```
/// prompt ─► SET VARIABLE lake = (… read_text('<pipe>')) ◄─ ViewTexts, by the newest versions
/// FROM gold.revenue ─► FROM query(getvariable('lake')['gold.revenue'])
/// ```
struct LakeShell {
    let program: String
    let tables: LakeTables
    let console: Console

    /// The first version whose prompt can run a statement.
    private static let neededVersion = (1, 5)

    func run() throws(Diagnostic) -> ExitCode {
        try checkVersion()
        let texts = try ViewTexts(tables)
        for (table, failure) in texts.failures {
            console.errors.line("left out: \(table.title): \(failure.message)")
        }
        let folder = try ShellFolder()
        try folder.write(try start(texts, folder), to: folder.start)
        greet(texts)
        let server = PipeServer(path: folder.pipe) { texts.refreshed() }
        server.start()
        let ending = try TerminalProgram(program: program, arguments: ["-init", folder.start]).run()
        folder.remove()
        // A shell that came to its prompt ends as its user wants, whatever the last statement was.
        return ending == 0 || (ending == 1 && texts.readings > 1) ? .done : .failed
    }

    private func checkVersion() throws(Diagnostic) {
        let folder = try ShellFolder()
        defer { folder.remove() }
        let file = open(folder.start, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { if file >= 0 { close(file) } }
        _ = try ChildProcess(program: program, arguments: ["--version"], input: "", output: file).run()
        lseek(file, 0, SEEK_SET)
        let text = String(decoding: ChildProcess.readBytes(file), as: UTF8.self)
        // `v1.5.6 (…) …`
        let numbers = text.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }.split(separator: ".")
            .map { Int($0) ?? 0 }
        guard numbers.count >= 2, (numbers[0], numbers[1]) >= Self.neededVersion else {
            throw Diagnostic(
                .unsupported, "the shell needs a newer DuckDB than that at \(program)",
                expected: "DuckDB 1.5 or later; this is \(text.split(separator: "\n").first ?? "unknown")",
                hint: "run scripts/setup, or give a statement: millrace query \"SELECT …\"")
        }
    }

    private func greet(_ texts: ViewTexts) {
        let count = NumberDisplay.count(texts.names.count, "table")
        let moment: String =
            switch tables.moment {
            case .newest: ""
            case .version(let version): " at version \(version)"
            case .time: " at an earlier time"
            }
        console.output.line(
            "\(tables.lake.path): \(count)\(moment)\nSHOW TABLES lists them, Tab completes names, Ctrl-D ends"
        )
    }

    /// What the shell reads at its start.
    private func start(_ texts: ViewTexts, _ folder: ShellFolder) throws(Diagnostic) -> String {
        let refresh = "SET VARIABLE lake = (\(ViewTexts.reading(from: folder.pipe)))"
        // The first line, or the shell would tell that it reads this file.
        var text = ".startup_text none\nSET TimeZone = 'UTC';\n\(refresh);\n"
        for name in texts.names {
            let layer = SQLText.name(name.layer)
            let title = SQLText.string(name.title)
            text += "CREATE SCHEMA IF NOT EXISTS \(layer);\n"
            text +=
                "CREATE VIEW \(layer).\(SQLText.name(name.name)) AS "
                + "FROM query(getvariable('lake')[\(title)]);\n"
            // SHOW TABLES lists what has no layer.
            text +=
                "CREATE VIEW main.\(SQLText.name(name.title)) AS "
                + "FROM \(layer).\(SQLText.name(name.name));\n"
        }
        let prompt = "{sql:\(refresh); SELECT 'lake'}"
        return text + ".prompt \"\(prompt)> \" \"...   \"\n"
    }
}
