import Diagnostics
import Glibc
import Shell

/// `millrace sql`: a shell that talks with a server of ksqlDB's REST API.
struct SQLCommand: Command {
    static let description = CommandDescription(
        name: "sql", summary: "talk with a server in SQL",
        about:
            "Sends statements to a server that speaks ksqlDB's REST API, Millrace's own or ksqlDB, and draws "
            + "what it answers. At a terminal there is a shell with history (Ctrl-R searches), completion of "
            + "keywords and names (Tab), and statements over several lines; Ctrl-C ends a running query, "
            + "Ctrl-D the shell. With -e, -f, or statements on standard input it does them in order and "
            + "stops at the first that fails.",
        flags: [
            Flag("--server", .value("URL"), "the server (\(ServerAddress.standard))"),
            Flag("-e", .repeated("STATEMENT"), "does statements and ends"),
            Flag("-f", .repeated("FILE"), "does the statements of a file and ends; after those of -e"),
            Flag("--output", .value("FORM"), "table; json: an object a row; csv (table)"),
            Flag(
                "--user", .value("NAME[:FILE]"),
                "who asks; the file holds the password, else MILLRACE_PASSWORD does, else it is asked for"),
            Flag("-D", .repeated("name=value"), "stands for ${name} in statements; wins over DEFINE"),
        ],
        examples: [
            .init("a shell", "millrace sql"),
            .init(
                "rows as they come, for another program",
                "millrace sql --output json -e \"SELECT * FROM clicks EMIT CHANGES LIMIT 10;\""),
            .init("the statements of a file", "millrace sql --server http://ksqldb:8088 -f setup.sql"),
        ])

    private let address: ServerAddress
    private let form: OutputForm
    private let statements: [String]
    private let files: [String]
    private let user: String?
    private let passwordFile: String?
    private let variables: [String: String]

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        let named = try arguments.value("--server") { text throws(Diagnostic) in try ServerAddress(text) }
        if let named { address = named } else { address = try ServerAddress(ServerAddress.standard) }
        form = try arguments.choice("--output", as: OutputForm.self) ?? .table
        statements = arguments.texts("-e")
        files = arguments.texts("-f")
        variables = try arguments.pairs("-D")
        let who = arguments.text("--user")?.split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        user = who.map { String($0[0]) }
        passwordFile = who.flatMap { $0.count > 1 ? String($0[1]) : nil }
        guard user != "", passwordFile != "", !files.contains("") else {
            throw Diagnostic(
                .usage, user == "" ? "--user has no name" : "the name of a file is empty",
                expected: user == "" || passwordFile == "" ? "NAME, or NAME:FILE" : "-f FILE")
        }
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        let hasScript = !statements.isEmpty || !files.isEmpty
        let isInteractive = !hasScript && isatty(STDIN_FILENO) == 1 && console.output.isTerminal
        var address = address
        if let user {
            address.user = user
            address.password = try password(of: user, console)
        }
        address.authorities = console.environment("SSL_CERT_FILE").flatMap { $0.isEmpty ? nil : $0 }
        let shell = Shell(
            ShellConfiguration(
                address: address, form: form, variables: variables, version: MillraceProgram.version),
            terminal(console), isInteractive: isInteractive, environment: console.environment)
        do throws(Diagnostic) {
            if isInteractive {
                try shell.talk()
            } else {
                for (index, statement) in statements.enumerated() {
                    try shell.run(statement, file: statements.count > 1 ? "-e (\(index + 1))" : "-e")
                }
                for file in files { try shell.run(file: file) }
                if !hasScript { try shell.runInput() }
            }
        } catch  where error.code == .cancelled {
            return .interrupted
        }
        return .done
    }

    private func password(of user: String, _ console: Console) throws(Diagnostic) -> String? {
        if let passwordFile {
            // The last line end is the editor's, not the password's.
            return String(try ScriptText.read(passwordFile).prefix { !$0.isNewline })
        }
        if let password = console.environment("MILLRACE_PASSWORD") { return password }
        guard isatty(STDIN_FILENO) == 1, let typed = getpass("password of \(user): ") else { return nil }
        return String(cString: typed)
    }

    private func terminal(_ console: Console) -> ShellTerminal {
        ShellTerminal(
            write: console.output.write, writeError: console.errors.write,
            isTerminal: console.output.isTerminal, hasColours: console.output.hasColours,
            errorsHaveColours: console.errors.hasColours, columns: { console.size().columns },
            isClosed: {
                var entry = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
                return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLERR | POLLHUP) != 0
            })
    }
}
