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
    /// How long a target may be away before the task gives up; nil waits until it is stopped.
    public var patienceMilliseconds: Int?

    public init(stateDirectory: String) { self.stateDirectory = stateDirectory }
}

/// The outside world of a task: files, time and chance, handed in so that tests can replace them.
public struct TaskEnvironment: Sendable {
    public var fileSystem: any FileSystem
    /// Milliseconds since the epoch, UTC.
    public var clock: @Sendable () -> Int64
    /// Milliseconds that only go forward.
    public var monotonic: @Sendable () -> Double
    /// Random bits for a new instance's name and seed.
    public var entropy: @Sendable () -> UInt64

    public init(
        fileSystem: any FileSystem, clock: @escaping @Sendable () -> Int64,
        monotonic: @escaping @Sendable () -> Double, entropy: @escaping @Sendable () -> UInt64
    ) {
        self.fileSystem = fileSystem
        self.clock = clock
        self.monotonic = monotonic
        self.entropy = entropy
    }
}
