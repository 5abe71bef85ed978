import Formats

/// Messages with keys and times of their own, as a log of them has.
public struct MessageSpans: Sendable {
    public let keys: RecordFrames
    public let values: RecordFrames
    /// Milliseconds since the epoch.
    public let timestamps: [Int64]
    /// Positions in the partition.
    public let offsets: [Int64]
    /// By message; empty when none has any.
    public let headers: [[MessageHeader]]

    public init(
        keys: RecordFrames, values: RecordFrames, timestamps: [Int64], offsets: [Int64],
        headers: [[MessageHeader]] = []
    ) {
        self.headers = headers
        self.keys = keys
        self.values = values
        self.timestamps = timestamps
        self.offsets = offsets
    }
}
