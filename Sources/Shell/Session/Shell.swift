import Diagnostics
import Language

/// The interactive shell: statements in, answers of a server out.
public final class Shell {
    private let configuration: ShellConfiguration
    private let terminal: ShellTerminal
    private let session: ShellSession
    private let history: HistoryFile?
    private var entered: [String] = []

    /// - Parameters:
    ///   - isInteractive: whether a person sits there.
    ///   - environment: looks up where the history is.
    public init(
        _ configuration: ShellConfiguration, _ terminal: ShellTerminal, isInteractive: Bool,
        environment: (String) -> String?
    ) {
        self.configuration = configuration
        self.terminal = terminal
        session = ShellSession(configuration, terminal, isInteractive: isInteractive)
        history = isInteractive ? HistoryFile.standard(environment) : nil
    }

    // MARK: Scripts

    /// Does the statements of a text, and stops at the first that fails.
    ///
    /// - Parameter file: the text's name in errors.
    /// - Throws: its error; `cancelled` after Ctrl-C.
    public func run(_ text: String, file: String? = nil) throws(Diagnostic) {
        Interrupts.install()
        defer { Interrupts.uninstall() }
        try session.run(SourceText(text, file: file))
    }

    /// Does the statements of a file.
    public func run(file: String) throws(Diagnostic) {
        Interrupts.install()
        defer { Interrupts.uninstall() }
        try session.runScript(file)
    }

    /// Does the statements of standard input.
    public func runInput() throws(Diagnostic) {
        Interrupts.install()
        defer { Interrupts.uninstall() }
        try session.run(SourceText(try ScriptText.read(0, named: "standard input")))
    }

    // MARK: A person

    private static let prompt = "millrace> "
    private static let continuation = "       -> "

    /// Talks with a person until they leave.
    ///
    /// - Throws: when lines can't be edited here.
    public func talk() throws(Diagnostic) {
        Interrupts.install()
        defer { Interrupts.uninstall() }
        var earlier = ""
        let editor = try LineEditor { [session, terminal] line, cursor in
            Completion(
                names: session.names, earlier: earlier, line: line, cursor: cursor,
                columns: terminal.columns()
            ).result
        }
        defer { editor.close() }
        for entry in history?.entries() ?? [] {
            editor.remember(entry)
            entered.append(entry)
        }
        greet()
        while !Interrupts.isEnding {
            switch editor.line(prompt: prompt(isFirst: earlier.isEmpty)) {
            case .end:
                terminal.line("")
                return
            case .interrupted:
                terminal.line("^C")
                earlier = ""
            case .line(let line):
                if earlier.isEmpty, let command = ShellCommand(line) {
                    if case .server = command { remember(line, editor) }
                    if command == .exit { return }
                    obey(command)
                    continue
                }
                let text = earlier + line
                if StatementPiece.isOpen(text), !Self.isWholeWithoutSemicolon(text) {
                    earlier = text + "\n"
                    continue
                }
                earlier = ""
                guard !StatementPiece.split(text).isEmpty else { continue }
                remember(text, editor)
                execute(text)
            }
        }
    }

    private func prompt(isFirst: Bool) -> String {
        let text = isFirst ? Self.prompt : Self.continuation
        return terminal.hasColours ? "\u{1}\u{1B}[1;34m\u{1}\(text)\u{1}\u{1B}[0m\u{1}" : text
    }

    private func greet() {
        terminal.line("Millrace \(configuration.version). help lists what can be said, Ctrl-D ends.")
        tellServer()
    }

    private func tellServer() {
        do throws(Diagnostic) {
            let info = try session.client.info()
            terminal.note("\(session.client.address.url) · ksqlDB \(info.version) · \(info.serviceID)")
        } catch {
            complain(error)
        }
    }

    private func execute(_ text: String) {
        Interrupts.forget()
        do throws(Diagnostic) {
            try session.run(SourceText(text))
        } catch {
            if error.code == .cancelled { terminal.note("interrupted") } else { complain(error) }
        }
        Interrupts.forget()
    }

    private func complain(_ error: Diagnostic) {
        var text = error.rendered()
        if text.hasPrefix("error:") {
            let paint = Paint(hasColours: terminal.errorsHaveColours)
            text = paint.text("error:", .bad) + text.dropFirst(6)
        }
        terminal.writeError(text + "\n")
    }

    private func help(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            for part in Cell(String(line)).lines(columns: terminal.columns(), most: 20) {
                terminal.line(part)
            }
        }
    }

    private func obey(_ command: ShellCommand) {
        do throws(Diagnostic) {
            switch command {
            case .help(let words): help(try HelpTopics.text(words))
            case .server(let url):
                if let url { session.use(try address(url)) }
                tellServer()
            case .output(let name): try setOutput(name)
            case .history:
                for (index, entry) in entered.enumerated() { terminal.line("\(index + 1)  \(entry)") }
            case .clear: terminal.write("\u{1B}[H\u{1B}[2J")
            case .version: terminal.line("millrace \(configuration.version)")
            case .exit: break
            }
        } catch {
            complain(error)
        }
    }

    /// Who asks stays who they are, unless the new address names another.
    private func address(_ url: String) throws(Diagnostic) -> ServerAddress {
        var address = try ServerAddress(url)
        let present = session.client.address
        if address.user == nil {
            address.user = present.user
            address.password = present.password
        }
        address.authorities = present.authorities
        return address
    }

    private func setOutput(_ name: String?) throws(Diagnostic) {
        guard let name else { return terminal.line("output \(session.form.rawValue)") }
        guard let form = OutputForm(rawValue: name.lowercased()) else {
            let known = OutputForm.allCases.map(\.rawValue)
            throw Diagnostic(
                .usage, "there is no output \(name)", expected: known.joined(separator: ", "),
                hint: NearestName.suggestion(for: name, among: known).map { "did you mean \($0)?" })
        }
        session.form = form
    }

    /// RUN SCRIPT 'file' is whole when its quote is closed: people leave the semicolon out.
    private static func isWholeWithoutSemicolon(_ text: String) -> Bool {
        guard let piece = StatementPiece.split(text).last, piece.words.starts(with: ["RUN", "SCRIPT"])
        else { return false }
        return text.count { $0 == "'" } >= 2 && text.count { $0 == "'" } % 2 == 0
    }

    private func remember(_ text: String, _ editor: LineEditor) {
        let entry = HistoryFile.folded(text)
        guard !entry.isEmpty, entry != entered.last else { return }
        entered.append(entry)
        editor.remember(entry)
        history?.append(entry)
    }
}
