/// Where a command writes, and what it knows of who reads.
///
/// Results go to the output, progress and errors to the error stream. Safe to use from many threads.
public struct Console: Sendable {
    /// What is known of one of the two streams.
    public struct Stream: Sendable {
        public var write: @Sendable (String) -> Void
        public var isTerminal: Bool
        /// False where it is no terminal, and where NO_COLOR or TERM=dumb ask for plain text.
        public var hasColours: Bool

        public init(isTerminal: Bool, hasColours: Bool, write: @escaping @Sendable (String) -> Void) {
            self.isTerminal = isTerminal
            self.hasColours = hasColours
            self.write = write
        }

        /// Writes the text and a line end.
        public func line(_ text: String) { write(text + "\n") }
    }

    public var output: Stream
    public var errors: Stream
    /// Columns and rows of the terminal as they are now.
    public var size: @Sendable () -> TerminalSize
    public var environment: @Sendable (String) -> String?
    /// The program as it was called, for commands to copy.
    public var program: String
    /// The file of the program, with all links followed; nil when that is not known.
    public var executable: String?

    public init(
        output: Stream, errors: Stream, size: @escaping @Sendable () -> TerminalSize,
        environment: @escaping @Sendable (String) -> String?, program: String, executable: String?
    ) {
        self.output = output
        self.errors = errors
        self.size = size
        self.environment = environment
        self.program = program
        self.executable = executable
    }
}
