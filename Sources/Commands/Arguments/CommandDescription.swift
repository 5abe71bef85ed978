/// All that is known of a command before it runs: what it takes, and what help says.
///
/// The parser and the help text are made from the same value, so neither knows a flag that the other lacks.
struct CommandDescription: Sendable {
    struct Example: Sendable {
        let purpose: String
        let command: String

        init(_ purpose: String, _ command: String) {
            self.purpose = purpose
            self.command = command
        }
    }

    /// One word, or two for a part of a command: `inspect table`.
    let name: String
    /// One line without a full stop.
    let summary: String
    /// What it does, in a few sentences.
    var about = ""
    /// What its first operand may be, where that is a choice.
    var topics: [(name: String, text: String)] = []
    var operands: [Operand] = []
    var flags: [Flag] = []
    var examples: [Example] = []

    /// `--help` is everybody's.
    var allFlags: [Flag] { flags + [CommandDescription.help] }

    func flag(named name: String) -> Flag? { allFlags.first { $0.name == name } }

    private static let help = Flag("--help", .toggle, "show this text")
}
