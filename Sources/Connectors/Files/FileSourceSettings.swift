import Runtime

/// What a file source reads and how, checked.
public struct FileSourceSettings: Sendable {
    /// What becomes of a file whose records are all durably processed.
    public enum Afterwards: Sendable, Equatable {
        case keep
        /// Move it into this directory.
        case archive(String)
        case delete
    }

    /// A file, a directory or a glob.
    public var path: String
    /// Names that belong to the source when `path` is a directory.
    public var filePatterns: [String]
    public var framing: Framing
    /// How often to list the directories even if nothing tells of a change (network file systems); nil:
    /// never, where changes are told.
    public var pollIntervalMilliseconds: Int?
    /// Longer records are rejected.
    public var longestRecordBytes = 16 << 20
    public var afterwards = Afterwards.keep
    /// Throw at what is wrong with a file instead of going on with the others.
    public var failsOnError = false
    /// An unterminated last line is taken when its file has not changed for so long.
    public var settleMilliseconds = 2000
    /// Memory that ranges of compressed files and quoted CSV may hold between `poll` and their loading.
    public var retainedBytes = 64 << 20
    /// Size of the chunks of such ranges.
    public var pieceBytes = 1 << 20
    /// Most ranges of one `poll`.
    public var rangeLimit = 4096

    public init(path: String, filePatterns: [String], framing: Framing) {
        self.path = path
        self.filePatterns = filePatterns
        self.framing = framing
    }

    /// Names of JSON files, plain and compressed.
    public static let jsonPatterns = ["*.{json,jsonl,ndjson}{,.gz,.zst}"]
    /// Names of Avro container files.
    public static let avroPatterns = ["*.avro"]
    /// Names of CSV files, plain and compressed.
    public static let csvPatterns = ["*.{csv,tsv}{,.gz,.zst}"]
    /// All names.
    public static let allPatterns = ["*"]
}
