import Columnar
import Diagnostics

/// What stands in front of an Avro object container file.
///
/// ```
/// | "Obj" 1 | metadata: map of bytes | 16 bytes that end each block |
/// ```
/// Source: Avro specification 1.11, "Object Container Files".
public struct AvroFileHeader: Sendable {
    /// A header that is not whole within so many bytes is none.
    public static let lengthLimit = 16 << 20

    public let schema: AvroSchema
    /// How blocks are packed; `null` is not at all.
    public let codec: String
    let sync: [UInt8]
    /// Bytes of the header.
    public let length: Int

    /// The header at the start of `bytes`; nil when they end within it.
    public static func read(_ bytes: UnsafeRawBufferPointer) throws(DecodeError) -> AvroFileHeader? {
        guard let base = bytes.baseAddress else { return nil }
        let mark: [UInt8] = [0x4F, 0x62, 0x6A, 0x01]
        guard bytes.prefix(4).elementsEqual(mark.prefix(bytes.count)) else {
            throw DecodeError(.header, "the file does not begin as an Avro file does")
        }
        var cursor = AvroCursor(base, min(4, bytes.count)..<bytes.count)
        var entries: [String: Range<Int>] = [:]
        let sync: Range<Int>
        do throws(AvroFault) {
            while true {
                let count = try cursor.block(minimum: 2).count
                if count == 0 { break }
                for _ in 0..<count {
                    let key = try cursor.bytes()
                    entries[String(decoding: bytes[key], as: UTF8.self)] = try cursor.bytes()
                }
            }
            sync = try cursor.fixed(16)
        } catch {
            // A length that goes beyond the bytes may be of bytes that are yet to come.
            if error.kind == .truncated || error.kind == .badLength, bytes.count < lengthLimit { return nil }
            throw DecodeError(.header, "the file's Avro header is malformed: \(error.text)")
        }
        guard let text = entries["avro.schema"] else {
            throw DecodeError(.header, "the file's Avro header has no schema")
        }
        do throws(Diagnostic) {
            let schema = try AvroSchema(parsing: String(decoding: bytes[text], as: UTF8.self))
            let codec = entries["avro.codec"].map { String(decoding: bytes[$0], as: UTF8.self) }
            return AvroFileHeader(
                schema: schema, codec: codec ?? "null", sync: Array(bytes[sync]), length: cursor.position)
        } catch {
            throw DecodeError(.header, "the file's Avro schema is none: \(error.oneLine)")
        }
    }

    /// A block of values, as it lies in the file.
    public struct Block: Sendable {
        /// Values in it.
        public let count: Int
        /// The packed values.
        public let data: Range<Int>
        /// Behind the block.
        public let end: Int
    }

    /// Larger blocks are refused.
    public static let blockLimit = 64 << 20

    /// The block at `start` of `bytes`; nil when they end within it.
    public func block(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(DecodeError) -> Block? {
        guard let base = bytes.baseAddress, start < bytes.count else { return nil }
        var cursor = AvroCursor(base, start..<bytes.count)
        do throws(AvroFault) {
            let (count, size) = (try cursor.long(), try cursor.long())
            guard count >= 0, size >= 0, size <= Int64(Self.blockLimit) else {
                throw AvroFault(.badLength, start)
            }
            let minimum = AvroSizes(schema).minimum(schema.root)
            if minimum == 0, count > Int64(AvroCursor.emptyValueLimit) { throw AvroFault(.tooMany, start) }
            guard bytes.count - cursor.position >= Int(size) + 16 else { return nil }
            let data = try cursor.fixed(Int(size))
            guard bytes[try cursor.fixed(16)].elementsEqual(sync) else {
                throw AvroFault(.trailingBytes, cursor.position)
            }
            return Block(count: Int(clamping: count), data: data, end: cursor.position)
        } catch {
            if error.kind == .truncated { return nil }
            let text = error.kind == .trailingBytes ? "it does not end where it should" : error.text
            throw DecodeError(.malformedAvro, "an Avro block is damaged: \(text)")
        }
    }
}
