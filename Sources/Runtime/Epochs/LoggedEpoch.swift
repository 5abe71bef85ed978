import Storage

/// What the write-ahead log says of an epoch, for people who look at a state directory.
public struct LoggedEpoch: Hashable, Sendable {
    /// How far an epoch has come.
    public enum Stage: String, Sendable {
        /// It takes input. After a crash the same input is taken again, if its ranges were kept.
        case open
        /// It takes no more, and some sinks may have it: the next start finishes it.
        case sealed
        /// All sinks have it.
        case done
    }

    public let number: Int64
    public let stage: Stage
    /// What it takes: parts of files and the like.
    public let ranges: Int
    /// Bytes of input.
    public let bytes: Int
    /// The clock that its rows see, milliseconds since the epoch of time, UTC.
    public let clock: Int64

    /// Reads the log file of an epoch, and changes nothing; nil when its first entry is not whole, or of
    /// another version.
    public init?(logFile path: String, in fileSystem: any FileSystem) throws(StorageError) {
        guard let content = EpochLog.parse(try fileSystem.read(path)).content else { return nil }
        number = content.epoch
        stage = content.isDone ? .done : content.isSealed ? .sealed : .open
        ranges = content.ranges.count
        bytes = content.ranges.reduce(0) { $0 &+ $1.range.byteCount }
        clock = content.clock
    }
}
