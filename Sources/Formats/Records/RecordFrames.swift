import Columnar

/// Where records lie in a buffer: a start and a length each, without their line ends.
public struct RecordFrames: Sendable {
    /// The length of a record that has no bytes at all, not even none: a Kafka tombstone.
    public static let absent = UInt32.max

    public let count: Int
    /// UInt32 each, relative to the buffer.
    public let starts: Buffer
    /// UInt32 each.
    public let lengths: Buffer

    public init(count: Int, starts: Buffer, lengths: Buffer) {
        precondition(starts.capacity >= count * 4 && lengths.capacity >= count * 4, "one entry a record")
        self.count = count
        self.starts = starts
        self.lengths = lengths
    }

    /// For tests and slow paths.
    public init(_ ranges: [Range<Int>?]) {
        let starts = Buffer(capacity: ranges.count * 4)
        let lengths = Buffer(capacity: ranges.count * 4)
        for (index, range) in ranges.enumerated() {
            let start = UInt32(range?.lowerBound ?? 0)
            let length = range.map { UInt32($0.count) } ?? RecordFrames.absent
            starts.pointer.storeBytes(of: start, toByteOffset: index * 4, as: UInt32.self)
            lengths.pointer.storeBytes(of: length, toByteOffset: index * 4, as: UInt32.self)
        }
        self.init(count: ranges.count, starts: starts, lengths: lengths)
    }

    @inlinable public func start(_ row: Int) -> Int {
        Int(starts.pointer.load(fromByteOffset: row &* 4, as: UInt32.self))
    }

    /// The record's bytes; nil for a tombstone.
    @inlinable public func range(_ row: Int) -> Range<Int>? {
        let length = lengths.pointer.load(fromByteOffset: row &* 4, as: UInt32.self)
        if length == .max { return nil }
        let start = start(row)
        return start..<start &+ Int(length)
    }
}
