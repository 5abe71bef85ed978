import Columnar

/// An entry that is looked at where it is: in memory, or in a block of a file.
///
/// Valid only while the call lasts that hands it out.
public struct StoredEntry {
    public let key: Fingerprint
    /// Event time in ms at which it dies; `Int64.max` is never.
    public let expiry: Int64
    private let payload: UnsafeRawPointer
    /// Of an entry in memory; what a record refers to stands behind it.
    private let heap: BlobHeap?
    private let format: RecordFormat

    init(key: Fingerprint, word: Int64, payload: UnsafeRawPointer, _ heap: BlobHeap?, _ format: RecordFormat)
    {
        self.key = key
        expiry = EntryWord.expiry(word)
        self.payload = payload
        self.heap = heap
        self.format = format
    }

    init(_ record: Record, _ format: RecordFormat) {
        self.init(key: record.key, word: record.word, payload: record.pointer + 24, nil, format)
    }

    /// A word of the payload that is no reference.
    public func word(at offset: Int) -> Int64 {
        payload.loadUnaligned(fromByteOffset: offset, as: Int64.self)
    }

    /// What the reference at `offset` stands for, which the layout names; nil where it is absent.
    public func blob(at offset: Int) -> UnsafeRawBufferPointer? {
        if let heap { return heap.bytes(at: payload + offset) }
        var start = payload + format.payloadBytes
        for other in format.blobOffsets {
            // In a record a reference is the blob's length and one more, or 0.
            let length = payload.loadUnaligned(fromByteOffset: other, as: UInt64.self)
            let count = max(0, Int(length) - 1)
            if other == offset {
                return length == 0 ? nil : UnsafeRawBufferPointer(start: start, count: count)
            }
            start += count
        }
        return nil
    }
}
