/// Keys, values and times of records in somebody's memory, by row; nothing of it is kept.
public struct RecordColumns {
    /// The length of what is not there: no key, or a tombstone.
    public static let absent = UInt32.max

    /// A start and a length for each row, in bytes from `base`.
    public struct Part {
        let base: UnsafeRawPointer
        let starts: UnsafePointer<UInt32>
        let lengths: UnsafePointer<UInt32>

        public init(
            base: UnsafeRawPointer, starts: UnsafePointer<UInt32>, lengths: UnsafePointer<UInt32>
        ) {
            self.base = base
            self.starts = starts
            self.lengths = lengths
        }

        @inline(__always)
        func bytes(_ row: Int) -> UnsafeRawBufferPointer? {
            let length = lengths[row]
            if length == RecordColumns.absent { return nil }
            return UnsafeRawBufferPointer(start: base + Int(starts[row]), count: Int(length))
        }
    }

    let keys: Part
    let values: Part
    let timestamps: UnsafePointer<Int64>
    let headers: [[TopicRecord.Header]]
    let count: Int

    /// - Parameter headers: by row; empty where none has any.
    public init(
        keys: Part, values: Part, timestamps: UnsafePointer<Int64>, headers: [[TopicRecord.Header]] = [],
        count: Int
    ) {
        self.headers = headers
        self.keys = keys
        self.values = values
        self.timestamps = timestamps
        self.count = count
    }
}
