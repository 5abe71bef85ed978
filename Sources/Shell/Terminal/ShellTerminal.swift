/// Where the shell writes, and what it knows of who reads.
public struct ShellTerminal: Sendable {
    /// For results.
    public var write: @Sendable (String) -> Void
    /// For errors and notes.
    public var writeError: @Sendable (String) -> Void
    /// Whether results go to a terminal.
    public var isTerminal: Bool
    /// False where NO_COLOR or TERM=dumb ask for plain text too.
    public var hasColours: Bool
    public var errorsHaveColours: Bool
    /// Columns of the terminal as it is now.
    public var columns: @Sendable () -> Int
    /// Whether nobody reads the results any more.
    public var isClosed: @Sendable () -> Bool

    public init(
        write: @escaping @Sendable (String) -> Void, writeError: @escaping @Sendable (String) -> Void,
        isTerminal: Bool, hasColours: Bool, errorsHaveColours: Bool, columns: @escaping @Sendable () -> Int,
        isClosed: @escaping @Sendable () -> Bool = { false }
    ) {
        self.write = write
        self.writeError = writeError
        self.isTerminal = isTerminal
        self.hasColours = hasColours
        self.errorsHaveColours = errorsHaveColours
        self.columns = columns
        self.isClosed = isClosed
    }

    func line(_ text: String) { write(text + "\n") }

    /// A note beside the results, dim where there are colours.
    func note(_ text: String) {
        writeError(Paint(hasColours: errorsHaveColours).text(text, .dim) + "\n")
    }
}
