import Storage

/// The last offset of each key in the part of a log that is to be cleaned.
struct KeyMap {
    private var offsets: [[UInt8]: Int64] = [:]
    private var byteCount = 0
    private let limit: Int
    /// About what a key takes beside its bytes.
    private static let entryByteCount = 80

    init(limit: Int) { self.limit = limit }

    /// The last offset of the key; nil for keys that are not in here.
    func lastOffset(of key: UnsafeRawBufferPointer) -> Int64? { offsets[Array(key)] }

    /// So much that no further segment should be added; the last one may have passed the limit.
    var isFull: Bool { byteCount >= limit }

    /// Takes note of all keys of a segment.
    mutating func add(
        _ segment: Segment, _ aborted: [AbortedTransaction], _ settings: LogSettings
    ) throws(LogError) {
        var scan = SegmentScan(segment.file, to: segment.byteCount)
        while let header = try LogError.onDisk({ () throws(StorageError) in try scan.next() }) {
            if header.attributes.isControl || SegmentCleaner.isAborted(header, aborted) { continue }
            try LogError.onRecords { () throws(RecordError) in
                try scan.withCurrent { batch throws(RecordError) in
                    try batch.forEachRecord(limit: settings.maxUnpackedBytes) { record throws(RecordError) in
                        guard let key = record.key else { return }
                        if offsets.updateValue(record.offset, forKey: Array(key)) == nil {
                            byteCount += key.count + KeyMap.entryByteCount
                        }
                    }
                }
            }
        }
    }
}
