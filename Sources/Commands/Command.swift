import Diagnostics

/// A command of `millrace`: a value made from its arguments, which refuses what can be refused without I/O,
/// and then runs.
protocol Command: Sendable {
    static var description: CommandDescription { get }

    /// - Throws: a `usage` diagnostic for values that cannot mean anything.
    init(_ arguments: ParsedArguments) throws(Diagnostic)

    /// - Throws: what hindered it, for the shell to print.
    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode
}
