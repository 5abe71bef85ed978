import Diagnostics
import Planning
import Storage

/// How a task works, beside its plan.
public struct TaskConfiguration: Sendable {
    /// Holds the write-ahead log, the state and the instance's name.
    public var stateDirectory: String
    public var threads = 2
    /// An epoch is committed when it is this old, milliseconds.
    public var triggerMilliseconds = 1000
    /// An epoch takes no more than this, also when all input is taken at once.
    public var epochBytes = 128 << 20
    /// Memory for state; what does not fit is kept on disk.
    public var stateMemoryBytes = 1 << 30
    /// Bytes of a chunk.
    public var chunkBytes = 1 << 20
    /// Where dead letters go, whatever the plan says; nil leaves it to the plan.
    public var deadLetterDirectory: String?
    /// A folder of this name is made in directories for dead letters that the plan names, where several tasks
    /// write to them.
    public var deadLetterFolder: String?
    /// How long a target may be away before the task gives up; nil waits until it is stopped.
    public var patienceMilliseconds: Int?
    /// Sinks that a quality rule has stopped and that are to go on.
    public var resumedSinks: [String] = []
    /// Tables whose rows others look up while the task works, see `PipelineTask.view`.
    public var views: Set<String> = []

    public init(stateDirectory: String) { self.stateDirectory = stateDirectory }

    /// Takes over what SET says in a pipeline's file; flags of the command win over it.
    public mutating func read(_ settings: Settings) throws(Diagnostic) {
        if let bytes = try Self.bytes(.epochBytes, settings) { epochBytes = bytes }
        if let bytes = try Self.bytes(.chunkBytes, settings) { chunkBytes = bytes }
    }

    private static func bytes(_ name: SettingName, _ settings: Settings) throws(Diagnostic) -> Int? {
        guard let text = settings[name] else { return nil }
        guard let bytes = Int(text), bytes > 0 else {
            throw Diagnostic(
                .invalidValue, "'\(text)' is no value for the setting '\(name.rawValue)'",
                expected: "a number of bytes above 0")
        }
        return bytes
    }
}
