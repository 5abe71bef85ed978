import Storage

/// What a finished state file says of itself.
struct SegmentContents {
    let file: SegmentFile
    let byteCount: Int
    let directoryChecksum: UInt64
    let sections: [SectionInfo]
    /// Empty in a merged file.
    let manifest: [UInt8]

    /// Opens a file and reads all but its sections. Damage of any of that is found.
    init(_ path: String, in fileSystem: any FileSystem) throws(StateError) {
        let readable: any ReadableFile
        do throws(StorageError) {
            readable = try fileSystem.open(path)
            byteCount = try readable.size()
        } catch .missing {
            throw .corrupt(path: path, reason: "the file is missing")
        } catch {
            throw .storage(error)
        }
        file = SegmentFile(path, readable)
        guard byteCount >= StateFormat.headerBytes + SegmentTrailer.byteCount else {
            throw .corrupt(path: path, reason: "it has only \(byteCount) bytes")
        }
        var header = BinaryDecoder(try file.bytes(at: 0, count: StateFormat.headerBytes))
        guard let magic = try? header.number(UInt64.self), magic == StateFormat.magic else {
            throw .corrupt(path: path, reason: "it does not begin as a state file does")
        }
        let end = try file.bytes(at: byteCount - SegmentTrailer.byteCount, count: SegmentTrailer.byteCount)
        let trailer = try SegmentTrailer(end, fileBytes: byteCount, path: path)
        let directory = try file.bytes(at: trailer.directoryOffset, count: trailer.directoryBytes)
        manifest = try file.bytes(at: trailer.manifestOffset, count: trailer.manifestBytes)
        directoryChecksum = trailer.directoryChecksum
        guard StateFormat.checksum(directory) == trailer.directoryChecksum,
            StateFormat.checksum(manifest) == trailer.manifestChecksum
        else { throw .corrupt(path: path, reason: "its directory does not match its checksum") }
        do throws(BinaryDecoder.Failure) {
            var decoder = BinaryDecoder(directory)
            sections = try decoder.list { item throws(BinaryDecoder.Failure) in try SectionInfo(from: &item) }
        } catch {
            throw .corrupt(path: path, reason: "its directory cannot be read")
        }
        for section in sections where section.start + section.byteCount > byteCount {
            throw .corrupt(path: path, reason: "a section lies outside of it")
        }
    }
}
