import Commands
import Foundation
import Synchronization

/// A console whose streams are texts, over a made-up environment.
final class CapturedConsole: Sendable {
    private let texts = Mutex((output: "", errors: ""))
    private let variables: [String: String]
    private let isTerminal: Bool

    init(environment: [String: String] = [:], isTerminal: Bool = false) {
        variables = environment
        self.isTerminal = isTerminal
    }

    var output: String { texts.withLock { $0.output } }
    var errors: String { texts.withLock { $0.errors } }

    var console: Console {
        let variables = variables
        return Console(
            output: Console.Stream(isTerminal: isTerminal, hasColours: false) { text in
                self.texts.withLock { $0.output += text }
            },
            errors: Console.Stream(isTerminal: isTerminal, hasColours: false) { text in
                self.texts.withLock { $0.errors += text }
            },
            size: { TerminalSize(columns: 80, rows: 24) }, environment: { variables[$0] },
            program: "millrace",
            executable: nil)
    }

    /// Runs a command and answers with its code.
    func run(_ words: [String], launcher: (any PipelineLaunching)? = nil) -> ExitCode {
        MillraceProgram(console: console, launcher: launcher).run(words)
    }
}
