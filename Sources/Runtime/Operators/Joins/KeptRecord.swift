/// A record that a stream join keeps, among others in one blob.
///
/// ```
/// length of the values UInt32 | event time Int64 | sequence Int64 | watermark Int64 | values
/// ```
struct KeptRecord {
    let time: Int64
    /// The number of the record on its side.
    let sequence: Int64
    /// The watermark of its side when it came.
    let watermark: Int64
    let values: UnsafeRawBufferPointer

    private static let headBytes = 28

    static func append(
        _ values: UnsafeRawBufferPointer, time: Int64, sequence: Int64, watermark: Int64,
        to bytes: inout [UInt8]
    ) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: values.count)) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: time) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: sequence) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: watermark) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: values)
    }

    /// The values of a record that is alone.
    static func values(of record: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: record[headBytes...])
    }

    static func forEach(in blob: UnsafeRawBufferPointer, _ body: (KeptRecord) -> Void) {
        var start = 0
        while start + headBytes <= blob.count {
            let length = Int(blob.loadUnaligned(fromByteOffset: start, as: UInt32.self))
            let end = start + headBytes + length
            guard end <= blob.count else { return }
            body(
                KeptRecord(
                    time: blob.loadUnaligned(fromByteOffset: start + 4, as: Int64.self),
                    sequence: blob.loadUnaligned(fromByteOffset: start + 12, as: Int64.self),
                    watermark: blob.loadUnaligned(fromByteOffset: start + 20, as: Int64.self),
                    values: UnsafeRawBufferPointer(rebasing: blob[(start + headBytes)..<end])))
            start = end
        }
    }
}
