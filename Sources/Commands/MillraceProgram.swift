import Diagnostics

/// The program `millrace`: finds the command that the arguments name, runs it and answers with its exit code.
///
/// Errors are printed here and nowhere else, on the error stream, each with what to do next.
public struct MillraceProgram: Sendable {
    /// The version that `millrace --version` tells.
    public static let version = "0.1.0"

    static let commands: [any Command.Type] = [
        DemoCommand.self, RunCommand.self, ServeCommand.self, SQLCommand.self, BrokerCommand.self,
        SimulateCommand.self, QueryCommand.self, InspectCommand.self, TableCommand.self, TopicCommand.self,
        ReplayCommand.self, TestCommand.self,
    ]

    private let console: Console
    private let launcher: (any PipelineLaunching)?

    /// - Parameter launcher: what `run` and `demo` start pipelines with.
    public init(console: Console, launcher: (any PipelineLaunching)?) {
        self.console = console
        self.launcher = launcher
    }

    /// Runs the command that the words behind the program's name ask for.
    public func run(_ words: [String]) -> ExitCode {
        do throws(Diagnostic) {
            return try dispatch(words)
        } catch {
            console.errors.line(error.rendered())
            return ExitCode(of: error)
        }
    }

    private func dispatch(_ words: [String]) throws(Diagnostic) -> ExitCode {
        guard let first = words.first else {
            console.errors.line(MillraceProgram.overview)
            return .usage
        }
        let rest = Array(words.dropFirst())
        switch first {
        case "--version", "-V", "version":
            console.output.line("millrace \(MillraceProgram.version)")
            return .done
        case "--help", "-h": return try help(rest.filter { !$0.hasPrefix("-") })
        case "help": return try help(rest)
        default: return try start(first, rest)
        }
    }

    private func start(_ name: String, _ words: [String]) throws(Diagnostic) -> ExitCode {
        guard let type = MillraceProgram.commands.first(where: { $0.description.name == name }) else {
            throw MillraceProgram.unknown(name, isFirstWord: true)
        }
        let arguments = try ArgumentParser.parse(
            words, as: type.description, environment: console.environment)
        if arguments.isSet("--help") {
            console.output.line(HelpText.of(type.description))
            return .done
        }
        return try type.init(arguments).run(console, launcher)
    }

    /// Reads the arguments of a command without running it.
    ///
    /// - Throws: what `run` would print before it does anything.
    static func check(_ words: [String]) throws(Diagnostic) {
        guard let name = words.first, let type = commands.first(where: { $0.description.name == name }) else {
            throw unknown(words.first ?? "", isFirstWord: true)
        }
        let rest = Array(words.dropFirst())
        _ = try type.init(ArgumentParser.parse(rest, as: type.description, environment: { _ in nil }))
    }

    private func help(_ words: [String]) throws(Diagnostic) -> ExitCode {
        guard let name = words.first else {
            console.output.line(MillraceProgram.overview)
            return .done
        }
        guard let type = MillraceProgram.commands.first(where: { $0.description.name == name }) else {
            throw MillraceProgram.unknown(name, isFirstWord: false)
        }
        console.output.line(HelpText.of(type.description))
        return .done
    }

    static var overview: String { HelpText.overview(commands.map { $0.description }) }

    private static func unknown(_ name: String, isFirstWord: Bool) -> Diagnostic {
        if let absent = AbsentCommand.named(name) { return absent.diagnostic }
        let names = commands.map { $0.description.name }
        if isFirstWord, name.hasPrefix("-") {
            return Diagnostic(
                .usage, "\(name) stands before the command", expected: "millrace COMMAND [flags]",
                hint: "write the command first: \(names.joined(separator: ", "))")
        }
        return Diagnostic(
            .usage, "there is no command \(name)", expected: names.joined(separator: ", "),
            hint: NearestName.suggestion(for: name, among: names).map { "did you mean millrace \($0)?" }
                ?? "see millrace help")
    }
}
