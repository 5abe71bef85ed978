/// The frame around a message whose schema is in a registry.
///
/// ```
/// | 0 | schema id, 4 bytes, big-endian | the value |
/// ```
/// Source: Confluent's wire format.
public enum SchemaMessage {
    public static let headerLength = 5

    /// The schema's id; nil when the bytes do not begin with such a header.
    static func schemaID(_ base: UnsafeRawPointer, _ range: Range<Int>) -> Int32? {
        guard range.count >= headerLength, WordScan.byte(base, range.lowerBound) == 0 else { return nil }
        return Int32(bigEndian: (base + range.lowerBound + 1).loadUnaligned(as: Int32.self))
    }

    static func appendHeader(_ id: Int32, to out: ByteWriter) {
        out.append(0)
        withUnsafeBytes(of: id.bigEndian) { out.append($0) }
    }

    static func missing(_ count: Int) -> DecodeError {
        DecodeError(
            .noSchema,
            "the \(count) bytes do not begin with 0 and a schema id: they were written without a registry")
    }
}
