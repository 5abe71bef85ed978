/// All that `millrace run` can be told.
public struct RunConfiguration: Sendable {
    /// Takes the rows of one relation as they change.
    public struct Printing: Sendable {
        /// The stream or table, in whatever case it was typed.
        public var relation: String
        /// Takes whole lines, each with its line end; from any thread.
        public var write: @Sendable (String) -> Void

        public init(relation: String, write: @escaping @Sendable (String) -> Void) {
            self.relation = relation
            self.write = write
        }
    }

    /// The statements, read one file after the other as one pipeline.
    public var files: [String]
    /// Values that win over the `DEFINE` of their name.
    public var variables: [String: String] = [:]
    /// Takes all input that is there, commits and ends.
    public var takesWhatIsThere = false
    /// How often an epoch begins; nil leaves it to the runtime.
    public var trigger: Duration?
    /// Log, state and the instance's identity.
    public var stateDirectory: String
    /// Threads that work; at least 1.
    public var threads: Int
    /// Bytes of state that may be in memory; nil leaves it to the runtime.
    public var stateMemory: Int?
    public var printing: Printing?
    /// The file with the pipeline's quality rules.
    public var rules = RulesFile.besideThePipeline
    /// The Kafka cluster, `HOST:PORT`, several separated by commas; nil leaves it to the environment and SET.
    public var bootstrapServers: String?
    /// Shares the work with other processes; nil does all of it.
    public var service: ServiceRun?
    /// The registry of schemas, unless SET names another; nil leaves it to the environment.
    var registryURL: String?
    /// Files with configurations of Kafka Connect's connectors, which are added to the statements.
    public var connectors: [String] = []
    /// Sinks that a rule has stopped and that are to go on.
    public var resumedSinks: [String] = []

    public init(files: [String], stateDirectory: String, threads: Int) {
        self.files = files
        self.stateDirectory = stateDirectory
        self.threads = threads
    }

    /// What people call the pipeline: the first file's name without its ending.
    public var name: String { RunConfiguration.name(of: files.first ?? "") }

    static func name(of file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
        return String(last[..<dot])
    }
}
