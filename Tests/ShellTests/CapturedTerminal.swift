import Shell
import Synchronization

/// A terminal of a width whose output is text.
final class CapturedTerminal: Sendable {
    private let texts = Mutex((output: "", errors: ""))
    private let columns: Int
    private let isTerminal: Bool
    private let hasColours: Bool

    init(columns: Int = 80, isTerminal: Bool = true, hasColours: Bool = false) {
        self.columns = columns
        self.isTerminal = isTerminal
        self.hasColours = hasColours
    }

    var output: String { texts.withLock { $0.output } }
    var errors: String { texts.withLock { $0.errors } }

    var terminal: ShellTerminal {
        let columns = columns
        return ShellTerminal(
            write: { text in self.texts.withLock { $0.output += text } },
            writeError: { text in self.texts.withLock { $0.errors += text } },
            isTerminal: isTerminal, hasColours: hasColours, errorsHaveColours: false, columns: { columns })
    }
}
