import Diagnostics
import Planning
import Storage

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
