/// A replay had the state directory of a pipeline at work, which has gone on since.
public struct ReplayHandover: Sendable, Equatable {
    /// The statements it goes on by.
    public let files: [String]
    /// Whether they are the replay's; if not, it was given up and the pipeline goes on by its own.
    public let isSwapped: Bool
    public let waitedMilliseconds: Int64

    public init(files: [String], isSwapped: Bool, waitedMilliseconds: Int64) {
        self.files = files
        self.isSwapped = isSwapped
        self.waitedMilliseconds = waitedMilliseconds
    }

    /// For a log or a terminal.
    public var line: String {
        let files = files.joined(separator: ", ")
        let what = isSwapped ? "rebuilt tables are swapped in, goes on by" : "given up, goes on as before by"
        return "\(what) \(files) after \(waitedMilliseconds) ms"
    }
}
