import Storage

/// Finds line ends in a file without reading more of it than needed.
struct FileLineEnds: ~Copyable {
    private static let blockSize = 64 * 1024
    // Most line ends are near the end that the search starts from.
    private static let firstBlockSize = 4 * 1024
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 64)

    deinit { block.deallocate() }

    /// The place behind the last line end in `start ..< end`; nil when there is none.
    func last(in file: any ReadableFile, from start: Int, to end: Int) throws(StorageError) -> Int? {
        var upper = end
        var size = Self.firstBlockSize
        while upper > start {
            let lower = max(start, upper - size)
            let count = try read(file, lower, upper)
            if let base = UnsafeRawPointer(block.baseAddress),
                let index = ByteSearch.last(ByteSearch.lineEnd, in: base, 0, count)
            {
                return lower + index + 1
            }
            upper = lower
            size = Self.blockSize
        }
        return nil
    }

    /// The place behind the first line end in `start ..< end`; nil when there is none.
    func first(in file: any ReadableFile, from start: Int, to end: Int) throws(StorageError) -> Int? {
        var lower = start
        var size = Self.firstBlockSize
        while lower < end {
            let upper = min(end, lower + size)
            let count = try read(file, lower, upper)
            if let base = UnsafeRawPointer(block.baseAddress),
                let index = ByteSearch.first(ByteSearch.lineEnd, in: base, 0, count)
            {
                return lower + index + 1
            }
            if count < upper - lower { return nil }
            lower = upper
            size = Self.blockSize
        }
        return nil
    }

    private func read(_ file: any ReadableFile, _ lower: Int, _ upper: Int) throws(StorageError) -> Int {
        try file.read(at: lower, into: UnsafeMutableRawBufferPointer(rebasing: block[..<(upper - lower)]))
    }
}
