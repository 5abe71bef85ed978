import CLibrdkafka

/// Messages of one partition as the library holds them, in the order of their offsets.
///
/// Freed with their last owner. For one thread at a time.
public final class KafkaMessages: @unchecked Sendable {
    typealias Message = UnsafeMutablePointer<rd_kafka_message_t>

    /// Where the fields of each message are put.
    public struct Target {
        let bytes: UnsafeMutableRawPointer
        let keyStarts: UnsafeMutablePointer<UInt32>
        let keyLengths: UnsafeMutablePointer<UInt32>
        let valueStarts: UnsafeMutablePointer<UInt32>
        let valueLengths: UnsafeMutablePointer<UInt32>
        let timestamps: UnsafeMutablePointer<Int64>
        let offsets: UnsafeMutablePointer<Int64>

        /// - Parameters:
        ///   - bytes: `byteCount` bytes; starts count from here.
        ///   - keyStarts: as all that follow, `count` elements.
        public init(
            bytes: UnsafeMutableRawPointer, keyStarts: UnsafeMutablePointer<UInt32>,
            keyLengths: UnsafeMutablePointer<UInt32>, valueStarts: UnsafeMutablePointer<UInt32>,
            valueLengths: UnsafeMutablePointer<UInt32>, timestamps: UnsafeMutablePointer<Int64>,
            offsets: UnsafeMutablePointer<Int64>
        ) {
            self.bytes = bytes
            self.keyStarts = keyStarts
            self.keyLengths = keyLengths
            self.valueStarts = valueStarts
            self.valueLengths = valueLengths
            self.timestamps = timestamps
            self.offsets = offsets
        }
    }

    public let partition: Int
    /// Bytes of keys and values.
    public private(set) var byteCount = 0
    private var messages: [Message] = []
    /// Outlives its messages.
    private let handle: KafkaHandle

    init(_ partition: Int, of handle: KafkaHandle) {
        self.partition = partition
        self.handle = handle
    }

    deinit { for message in messages { rd_kafka_message_destroy(message) } }

    static func byteCount(_ message: Message) -> Int {
        (message.pointee.payload == nil ? 0 : message.pointee.len)
            + (message.pointee.key == nil ? 0 : message.pointee.key_len)
    }

    func append(_ message: Message) {
        messages.append(message)
        byteCount += Self.byteCount(message)
    }

    public var count: Int { messages.count }
    public var firstOffset: Int64 { messages.first?.pointee.offset ?? 0 }
    /// Bytes of the first message.
    public var firstByteCount: Int { messages.first.map(Self.byteCount) ?? 0 }
    /// Behind the last message.
    public var endOffset: Int64 { messages.last.map { $0.pointee.offset + 1 } ?? 0 }

    /// Leaves out messages whose offsets are not in the range.
    public func trim(to range: Range<Int64>) {
        guard firstOffset < range.lowerBound || endOffset > range.upperBound else { return }
        let all = messages
        messages = []
        byteCount = 0
        for message in all {
            if range.contains(message.pointee.offset) {
                append(message)
            } else {
                rd_kafka_message_destroy(message)
            }
        }
    }

    /// Moves the messages of another one of the partition behind those that are here.
    public func take(from other: KafkaMessages) {
        for message in other.messages { append(message) }
        other.messages = []
        other.byteCount = 0
    }

    /// The first messages, so many and of so many bytes at most but one if there is any, which leave these.
    public func takeFirst(_ count: Int, bytes limit: Int = .max) -> KafkaMessages {
        let part = KafkaMessages(partition, of: handle)
        for message in messages.prefix(count) {
            let size = Self.byteCount(message)
            if part.count > 0, size > limit - part.byteCount { break }
            part.append(message)
            byteCount -= size
        }
        messages.removeFirst(part.count)
        return part
    }

    /// The same messages in parts of about so many bytes and at most so many messages, which have them from
    /// now on.
    public func split(bytes: Int, messages limit: Int) -> [KafkaMessages] {
        var parts: [KafkaMessages] = []
        for message in messages {
            let size = Self.byteCount(message)
            if let last = parts.last, last.count < limit, last.byteCount + size <= bytes {
                last.append(message)
            } else {
                let part = KafkaMessages(partition, of: handle)
                part.append(message)
                parts.append(part)
            }
        }
        messages = []
        byteCount = 0
        return parts
    }

    /// Puts the messages into the target.
    public func fill(_ target: Target) {
        var place = 0
        for (index, message) in messages.enumerated() {
            let fields = message.pointee
            let (keyStart, keyLength) = Self.put(fields.key, fields.key_len, target.bytes, &place)
            target.keyStarts[index] = keyStart
            target.keyLengths[index] = keyLength
            let (valueStart, valueLength) = Self.put(fields.payload, fields.len, target.bytes, &place)
            target.valueStarts[index] = valueStart
            target.valueLengths[index] = valueLength
            // -1 where the message has none.
            target.timestamps[index] = rd_kafka_message_timestamp(message, nil)
            target.offsets[index] = fields.offset
        }
    }

    private static let absent = UInt32.max

    @inline(__always)
    private static func put(
        _ field: UnsafeMutableRawPointer?, _ count: Int, _ bytes: UnsafeMutableRawPointer,
        _ place: inout Int
    ) -> (start: UInt32, length: UInt32) {
        guard let field else { return (0, absent) }
        let start = place
        (bytes + start).copyMemory(from: field, byteCount: count)
        place += count
        return (UInt32(truncatingIfNeeded: start), UInt32(truncatingIfNeeded: count))
    }

    /// Each message by itself: for whoever wants few of them.
    public var records: [KafkaRecord] { messages.map(record) }

    public var firstRecord: KafkaRecord? { messages.first.map(record) }
    public var lastRecord: KafkaRecord? { messages.last.map(record) }

    private func record(_ message: Message) -> KafkaRecord {
        let fields = message.pointee
        func bytes(_ start: UnsafeMutableRawPointer?, _ count: Int) -> [UInt8]? {
            start.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
        }
        return KafkaRecord(
            partition: partition, offset: fields.offset,
            timestamp: rd_kafka_message_timestamp(message, nil), key: bytes(fields.key, fields.key_len),
            value: bytes(fields.payload, fields.len), headers: Self.headers(message))
    }

    /// The headers of each message, by name and value; empty where no message has any.
    public var headers: [[(name: String, value: [UInt8]?)]] {
        var all: [[(name: String, value: [UInt8]?)]] = []
        for (index, message) in messages.enumerated() {
            let headers = Self.headers(message)
            if headers.isEmpty && all.isEmpty { continue }
            while all.count < index { all.append([]) }
            all.append(headers)
        }
        return all
    }

    private static func headers(_ message: Message) -> [(name: String, value: [UInt8]?)] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else {
            return []
        }
        var headers: [(name: String, value: [UInt8]?)] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &count)
            == RD_KAFKA_RESP_ERR_NO_ERROR
        {
            let bytes = value.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
            headers.append((name.map { String(cString: $0) } ?? "", bytes))
        }
        return headers
    }
}
