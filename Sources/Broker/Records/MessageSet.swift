import CZlib

/// Messages of the formats 0 and 1, as clients before 2017 send them, and their way into format 2.
///
/// A message: offset i64, length i32, then CRC-32 u32 (of all behind it), magic i8, attributes i8, in format
/// 1 a time stamp i64, key and value behind their lengths i32 (-1 for nil). A packed message's value holds
/// messages in turn, whose offsets are in format 1 relative to the first one.
enum MessageSet {
    struct Message {
        var offset: Int64
        let magic: Int8
        let attributes: Int8
        /// -1 in format 0, which has none.
        var timestamp: Int64
        let key: UnsafeRawBufferPointer?
        let value: UnsafeRawBufferPointer?

        var compression: Compression? { Compression(rawValue: Int16(attributes & 0b111)) }
        var isLogAppendTime: Bool { attributes & 0b1000 != 0 }
    }

    /// All messages, unpacked, in order; allocates `limit` bytes at most for what is packed.
    ///
    /// A message that breaks off at the end is left out, as a fetch may cut it.
    static func forEachMessage(
        _ bytes: UnsafeRawBufferPointer, limit: Int = RecordBatch.unpackedLimit,
        _ body: (Message) throws(RecordError) -> Void
    ) throws(RecordError) {
        var reader = ByteReader(bytes)
        var room = limit
        while !reader.isAtEnd {
            let message: Message
            do throws(RecordError) {
                message = try next(&reader)
            } catch .incomplete {
                return
            }
            guard let compression = message.compression else {
                throw .unsupported("compression \(message.attributes & 0b111)")
            }
            if compression == .none {
                try body(message)
            } else {
                try unpack(message, compression, room: &room, body)
            }
        }
    }

    /// One batch of format 2 with all the messages, its offsets counted from 0.
    static func upConverted(
        _ bytes: UnsafeRawBufferPointer, limit: Int = RecordBatch.unpackedLimit
    ) throws(RecordError) -> [UInt8] {
        var builder = RecordBatchBuilder(baseOffset: 0)
        var compression = Compression.none
        try forEachMessage(bytes, limit: limit) { message throws(RecordError) in
            builder.add(timestamp: message.timestamp, key: message.key, value: message.value)
        }
        guard builder.recordCount > 0 else { throw .corrupt("no whole message") }
        var reader = ByteReader(bytes)
        compression = try next(&reader).compression ?? .none
        return try builder.finish(compression)
    }

    private static func next(_ reader: inout ByteReader) throws(RecordError) -> Message {
        let offset = try reader.number(Int64.self)
        let length = Int(try reader.number(Int32.self))
        let body = try reader.take(length)
        do throws(RecordError) {
            return try message(body, offset: offset)
        } catch .incomplete {
            throw .corrupt("a message that breaks off")
        }
    }

    /// A message without its offset and length.
    static func message(_ bytes: UnsafeRawBufferPointer, offset: Int64 = 0) throws(RecordError) -> Message {
        var reader = ByteReader(bytes)
        let expected = try reader.number(UInt32.self)
        let covered = UnsafeRawBufferPointer(rebasing: bytes[4...])
        let sum = UInt32(
            truncatingIfNeeded: crc32_z(
                0, covered.baseAddress?.assumingMemoryBound(to: UInt8.self), covered.count))
        guard sum == expected else { throw .corrupt("a CRC of \(sum), not \(expected)") }
        let magic = try reader.number(Int8.self)
        guard magic == 0 || magic == 1 else { throw .unsupported("message format \(magic)") }
        let attributes = try reader.number(Int8.self)
        let timestamp = magic == 1 ? try reader.number(Int64.self) : -1
        let key = try takeSized(&reader)
        let value = try takeSized(&reader)
        guard reader.isAtEnd else { throw .corrupt("\(reader.remaining) bytes behind a message") }
        return Message(
            offset: offset, magic: magic, attributes: attributes, timestamp: timestamp, key: key, value: value
        )
    }

    private static func takeSized(_ reader: inout ByteReader) throws(RecordError) -> UnsafeRawBufferPointer? {
        let count = Int(try reader.number(Int32.self))
        return count == -1 ? nil : try reader.take(count)
    }

    private static func unpack(
        _ wrapper: Message, _ compression: Compression, room: inout Int,
        _ body: (Message) throws(RecordError) -> Void
    ) throws(RecordError) {
        guard let packed = wrapper.value else { throw .corrupt("a packed message without a value") }
        let block = try unpackedValue(packed, compression, magic: wrapper.magic, limit: room)
        // Many small packed messages share the bound of one.
        room -= block.capacity
        try block.withBytes { bytes throws(RecordError) in
            var inner: [Message] = []
            var reader = ByteReader(bytes)
            while !reader.isAtEnd {
                do throws(RecordError) {
                    inner.append(try next(&reader))
                } catch .incomplete {
                    throw .corrupt("a packed message that breaks off")
                }
            }
            // In format 1 the wrapper has the last one's offset, and those inside count from 0.
            let shift = wrapper.magic == 1 ? wrapper.offset &- (inner.last?.offset ?? 0) : 0
            for var message in inner {
                guard message.compression == Compression.none else {
                    throw .corrupt("a packed message in a packed message")
                }
                message.offset &+= shift
                if wrapper.isLogAppendTime { message.timestamp = wrapper.timestamp }
                try body(message)
            }
        }
    }

    private static func unpackedValue(
        _ packed: UnsafeRawBufferPointer, _ compression: Compression, magic: Int8, limit: Int
    ) throws(RecordError) -> ByteBlock {
        guard compression == .lz4, magic == 0, let mended = LZ4.mended(packed) else {
            return try compression.unpack(packed, limit: limit)
        }
        var result: Result<ByteBlock, RecordError> = .failure(.corrupt("lz4 data"))
        mended.withUnsafeBytes { bytes in
            do throws(RecordError) {
                result = .success(try compression.unpack(bytes, limit: limit))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }
}
