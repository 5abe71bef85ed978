import Storage

/// Puts one file in the place of the segments of a range of offsets, so that a crash leaves the one or the
/// others.
///
/// `.cleaned` → (its bytes durable) → `.swap` (from here on it counts) → old files go → `.log`.
struct SegmentSwap {
    let directory: String
    let files: any FileSystem
    /// From the first segment's base offset to the base offset behind the last.
    let range: Range<Int64>

    var cleanedPath: String {
        Path.join(directory, SegmentNames.digits(range.lowerBound) + SegmentNames.cleaned)
    }
    var swapPath: String { Path.join(directory, SegmentNames.swap(range)) }
    var logPath: String { Path.join(directory, SegmentNames.log(range.lowerBound)) }

    /// The cleaned file, whose bytes are durable, begins to count.
    func commit() throws(StorageError) {
        try files.rename(cleanedPath, to: swapPath)
        try files.synchroniseDirectory(directory)
    }

    /// Removes what is replaced; can be repeated after a crash at any point.
    func finish() throws(StorageError) {
        for entry in try files.list(directory) {
            guard let offset = SegmentNames.offset(ofLog: entry.name), range.contains(offset) else {
                continue
            }
            let path = Path.join(directory, entry.name)
            let index = SegmentNames.index(ofLog: path)
            if try files.status(index) != nil { try files.remove(index) }
            if offset != range.lowerBound { try files.remove(path) }
        }
        // No old index may be found beside the new file.
        try files.synchroniseDirectory(directory)
        try files.rename(swapPath, to: logPath)
        try files.synchroniseDirectory(directory)
    }
}
