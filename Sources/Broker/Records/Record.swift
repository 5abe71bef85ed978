/// One record, lying in the bytes of its batch: valid only as long as they are.
struct Record {
    struct Header {
        let key: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer?
    }

    /// Without a meaning so far; kept as it came.
    let attributes: Int8
    let offset: Int64
    /// Milliseconds since the epoch.
    let timestamp: Int64
    let key: UnsafeRawBufferPointer?
    /// nil is a tombstone where the log is compacted.
    let value: UnsafeRawBufferPointer?
    let headerCount: Int
    /// As they were written, their bounds checked.
    let headerBytes: UnsafeRawBufferPointer

    var headers: [Header] {
        var reader = ByteReader(headerBytes)
        var headers: [Header] = []
        // Bounds were checked when the record was read, so nothing is thrown here.
        while !reader.isAtEnd, let key = try? reader.takeSized(), let value = try? reader.takeSizedOrNil() {
            headers.append(Header(key: key, value: value.bytes))
        }
        return headers
    }
}

extension ByteReader {
    /// A wrapped nil, which `try?` does not swallow.
    fileprivate mutating func takeSizedOrNil() throws(RecordError) -> (bytes: UnsafeRawBufferPointer?, Void) {
        (try takeSized(), ())
    }
}
