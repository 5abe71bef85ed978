import Storage

/// A stretch of a partition's log in one file, named by its first offset.
///
/// Guarded by the locks of its log.
final class Segment {
    let baseOffset: Int64
    let file: LogFile
    private(set) var head: SegmentIndex.Head
    /// nil while nobody has asked for it: sealed segments read it when they need it.
    private var index: SegmentIndex?
    /// Milliseconds; when the first batch came, for rolling by time.
    var createdAt: Int64?

    init(_ index: SegmentIndex, _ file: LogFile) {
        baseOffset = index.head.baseOffset
        head = index.head
        self.index = index
        self.file = file
    }

    init(_ head: SegmentIndex.Head, _ file: LogFile) {
        baseOffset = head.baseOffset
        self.head = head
        self.file = file
    }

    var endOffset: Int64 { head.endOffset }
    var byteCount: Int { head.byteCount }

    /// Counts a batch at the end; the index must be loaded.
    func add(_ header: RecordBatchHeader, intervalBytes: Int) {
        precondition(index != nil, "a segment is written to with its index in memory")
        index?.add(header, intervalBytes: intervalBytes)
        if let index { head = index.head }
    }

    /// The index, read now if it is not there; a lost one is made from the log.
    func loadedIndex(_ files: any FileSystem, intervalBytes: Int) throws(StorageError) -> SegmentIndex {
        if let index { return index }
        let path = SegmentNames.index(ofLog: file.path)
        if let bytes = try? files.read(path), let read = SegmentIndex(bytes), read.head.byteCount == byteCount
        {
            index = read
            return read
        }
        var made = SegmentIndex(baseOffset: baseOffset)
        var scan = SegmentScan(file, to: byteCount)
        while let batch = try scan.next() { made.add(batch, intervalBytes: intervalBytes) }
        index = made
        return made
    }

    /// Entries of the index that are in memory.
    var indexEntryCount: Int { index?.entries.count ?? 0 }

    /// Gives the memory of the index back, where it is on disk.
    func dropIndex() { index = nil }
}
