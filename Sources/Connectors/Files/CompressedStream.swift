import Storage

/// A gzip or zstd file of one or more members, decompressed in bounded memory.
///
/// At the end of a file that is still being written it waits for more: reading again goes on where it
/// stopped.
final class CompressedStream: ByteStream {
    private let file: any ReadableFile
    private let decompressor: any Decompressor
    private let input: UnsafeMutableRawBufferPointer
    private var unread: Range<Int> = 0..<0
    /// Where in the file `input` ends.
    private var inputEnd = 0
    private var damage: String?

    var consumed: Int { inputEnd - unread.count }

    init(_ file: any ReadableFile, _ decompressor: any Decompressor, inputSize: Int) {
        self.file = file
        self.decompressor = decompressor
        input = .allocate(byteCount: inputSize, alignment: 64)
    }

    deinit { input.deallocate() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> StreamRead {
        if let damage { return .damaged(damage) }
        while true {
            if unread.isEmpty {
                let count = try file.read(at: inputEnd, into: input)
                inputEnd += count
                unread = 0..<count
            }
            let isAtEnd = unread.isEmpty
            let step = decompressor.step(UnsafeRawBufferPointer(rebasing: input[unread]), into: buffer)
            unread = unread.lowerBound + step.used..<unread.upperBound
            if step.made > 0 {
                // Damage is told with the next read, so that what came before it is not lost.
                damage = step.damage
                return .bytes(step.made)
            }
            if let reason = step.damage {
                damage = reason
                return .damaged(reason)
            }
            if isAtEnd { return decompressor.isBetweenMembers ? .end : .truncated }
        }
    }
}
