import Broker
import Columnar
import Formats

/// Keys and values of messages, by row.
public struct EncodedMessages: Sendable {
    struct Part: Sendable {
        let buffer: Buffer
        let frames: RecordFrames

        func bytes(_ row: Int) -> [UInt8]? {
            frames.range(row).map {
                Array(UnsafeRawBufferPointer(start: buffer.pointer + $0.lowerBound, count: $0.count))
            }
        }

        /// In the part's own memory.
        @inline(__always)
        func place(_ row: Int) -> UnsafeRawBufferPointer? {
            frames.range(row).map {
                UnsafeRawBufferPointer(start: buffer.pointer + $0.lowerBound, count: $0.count)
            }
        }

        var columns: RecordColumns.Part {
            RecordColumns.Part(
                base: UnsafeRawPointer(buffer.pointer),
                starts: frames.starts.pointer.assumingMemoryBound(to: UInt32.self),
                lengths: frames.lengths.pointer.assumingMemoryBound(to: UInt32.self))
        }
    }

    let keys: Part
    let values: Part
    public let count: Int
    /// Rows that are no messages, ascending.
    public let refusals: [MessageEncoder.Refusal]

    /// nil for a message without a key.
    public func key(_ row: Int) -> [UInt8]? { keys.bytes(row) }

    /// nil for a tombstone.
    public func value(_ row: Int) -> [UInt8]? { values.bytes(row) }

    /// In memory that lives as long as the messages.
    func keyBytes(_ row: Int) -> UnsafeRawBufferPointer? { keys.place(row) }

    func valueBytes(_ row: Int) -> UnsafeRawBufferPointer? { values.place(row) }

    /// Adds the messages to what goes to a topic.
    ///
    /// - Parameters:
    ///   - timestamps: of the first row and those behind it.
    ///   - headers: by row; empty where none has any.
    func add(
        to records: inout TopicRecords, timestamps: UnsafePointer<Int64>,
        headers: [[TopicRecord.Header]] = [], keyless: Int
    ) {
        let columns = RecordColumns(
            keys: keys.columns, values: values.columns, timestamps: timestamps, headers: headers, count: count
        )
        withExtendedLifetime((keys.buffer, values.buffer, keys.frames, values.frames)) {
            records.add(columns, keyless: keyless, skipping: refusals.map(\.row))
        }
    }
}
