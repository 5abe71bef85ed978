import Diagnostics
import Formats
import Runtime
import Storage

// Readers of files that are read from front to back, and the chunks of ranges.
extension FileSource {
    private static let readerLimit = 16

    /// What asking for a reader gave.
    enum ReaderResult {
        case ready(SequentialReader)
        /// The header is not whole yet.
        case headerIsMissing
        /// There is no header to be had; `tail` is what is there instead.
        case damaged(Diagnostic, tail: [UInt8])
    }

    /// The reader of a file, standing at what was taken.
    func reader(
        of file: TrackedFile, _ opened: any ReadableFile, isSettled: Bool
    ) throws(StorageError) -> ReaderResult {
        if let reader = file.reader, reader.position == file.taken { return .ready(reader) }
        let isPlain = file.compression == .none
        let start = FileStart(
            path: file.path, compression: file.compression, size: file.size, offset: file.taken)
        let result = try makeReader(at: start, opened, isSettled: isSettled, header: &file.header)
        guard case .ready(let reader) = result else { return result }
        if file.taken < reader.position {
            // A byte order mark or the header.
            file.taken = reader.position
            if isPlain { file.consumed = reader.position }
        }
        keep(reader, of: file)
        return result
    }

    /// Keeps the reader for what comes next of the file, and few of them.
    private func keep(_ reader: SequentialReader, of file: TrackedFile) {
        file.reader = reader
        readers.removeAll { $0 === file }
        readers.append(file)
        if readers.count > Self.readerLimit { readers.removeFirst().reader = nil }
    }

    /// A file that is read up needs no reader, but a compressed one may get another member.
    func drop(_ file: TrackedFile) {
        if file.compression == .none { file.reader = nil }
    }

    /// Where in which file reading starts.
    struct FileStart {
        var path: String
        var compression: Compression
        var size: Int
        var offset: Int
    }

    private func makeReader(
        at start: FileStart, _ opened: any ReadableFile, isSettled: Bool, header: inout [UInt8]?
    ) throws(StorageError) -> ReaderResult {
        let isPlain = start.compression == .none
        if isPlain, start.offset > 0, header != nil || !settings.framing.hasHeader {
            return .ready(sequentialReader(start, opened, at: start.offset, header))
        }
        let reader = sequentialReader(start, opened, at: 0, nil)
        try reader.skipByteOrderMark()
        if settings.framing.hasHeader {
            let cut = try reader.cut(limit: 1, mayExceed: true, isSettled: isSettled || start.offset > 0)
            switch cut.pieces.first {
            case .records(let buffer, let range, _):
                let line = Self.withoutLineEnd(buffer.pointer + range.lowerBound, range.count)
                do throws(HeaderError) {
                    try reader.scanner.useHeader(line)
                } catch {
                    return .damaged(FileProblem.badHeader(start.path, error), tail: line)
                }
                header = line
            case .rejected(let rejection): return .damaged(rejection.reason, tail: rejection.bytes)
            case nil:
                if case .damaged(let reason, let tail) = cut.stop, isSettled || reason != nil {
                    let bytes = tail > 0 ? reader.tail() : []
                    return .damaged(FileProblem.damaged(start.path, at: reader.position, reason), tail: bytes)
                }
                return .headerIsMissing
            }
        }
        if start.offset <= reader.position { return .ready(reader) }
        if isPlain { return .ready(sequentialReader(start, opened, at: start.offset, header)) }
        if try reader.skip(to: start.offset) { return .ready(reader) }
        throw .invalid(path: start.path, reason: "it has less to decompress than before")
    }

    private static func withoutLineEnd(_ start: UnsafeRawPointer, _ count: Int) -> [UInt8] {
        var line = UnsafeRawBufferPointer(start: start, count: count)[...]
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return Array(line)
    }

    private func sequentialReader(
        _ file: FileStart, _ opened: any ReadableFile, at offset: Int, _ header: [UInt8]?
    ) -> SequentialReader {
        let limits = SequentialReader.Limits(
            pieceBytes: settings.pieceBytes, recordBytes: settings.longestRecordBytes)
        let inputSize = min(max(file.size, 512), 256 * 1024)
        let stream: any ByteStream =
            switch file.compression {
            case .none: PlainStream(opened, from: offset)
            case .gzip: CompressedStream(opened, GzipDecompressor(), inputSize: inputSize)
            case .zstandard: CompressedStream(opened, ZstandardDecompressor(), inputSize: inputSize)
            case .avro: CompressedStream(opened, AvroFileDecompressor(), inputSize: inputSize)
            }
        let expected =
            file.compression == .none ? file.size - offset : min(file.size, settings.pieceBytes) &* 8
        let reader = SequentialReader(
            stream, at: offset, framing: settings.framing, limits: limits, sourceName: file.path,
            expectedBytes: max(expected, 0) &+ 64)
        // It was a header when it was read.
        if let header { try? reader.scanner.useHeader(header) }
        return reader
    }

    public func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> [ChunkLoader] {
        let fileRange = try FileRange(range)
        let prepared = prepared.removeValue(forKey: range)
        if case .pieces(_, _, let byteCount)? = prepared { retainedBytes -= byteCount }
        if case .opened? = prepared { retainedFiles -= 1 }
        let file = byID[fileRange.fileID]
        let failsOnError = settings.failsOnError
        switch (fileRange.kind, prepared) {
        case (.records, .pieces(let pieces, let header, _)):
            return loaders(of: pieces, fileRange, header: header)
        case (.records, .opened(let shared)):
            return lineLoaders(of: fileRange, shared, targetBytes: targetBytes)
        case (.records, _):
            if fileRange.compression == .none, case .lines = settings.framing {
                let shared = SharedFile(
                    file?.path ?? fileRange.path, key: fileRange.key, fingerprint: fileRange.fingerprint,
                    in: fileSystem)
                return lineLoaders(of: fileRange, shared, targetBytes: targetBytes)
            }
            do throws(Diagnostic) {
                let (pieces, header) = try readAgain(fileRange, file)
                return loaders(of: pieces, fileRange, header: header)
            } catch {
                if failsOnError { throw error }
                let rejection = Rejection(
                    offset: Int64(fileRange.start), byteCount: Int64(range.byteCount), bytes: [],
                    reason: error)
                return [loader(of: rejection, fileRange)]
            }
        case (_, .torn(let bytes)): return [loader(of: fileRange, torn: bytes)]
        default:
            let isTorn = fileRange.kind == .damaged && fileRange.end > fileRange.start
            return [loader(of: fileRange, torn: isTorn ? (try? tornBytes(fileRange, file)) ?? [] : [])]
        }
    }

    private func lineLoaders(of range: FileRange, _ shared: SharedFile, targetBytes: Int) -> [ChunkLoader] {
        let target = max(targetBytes, 1)
        var loaders: [ChunkLoader] = []
        var start = range.start
        while start < range.end {
            let end = target < range.end - start ? start + target : range.end
            let part = LinePart(
                file: shared, sourceName: range.path, range: range.start..<range.end, part: start..<end,
                isFinished: range.isFinished, longestRecord: settings.longestRecordBytes,
                failsOnError: settings.failsOnError)
            loaders.append(ChunkLoader(byteCount: end - start) { () throws(Diagnostic) in try part.load() })
            start = end
        }
        return loaders
    }

    private func loaders(of pieces: [RecordPiece], _ range: FileRange, header: [UInt8]?) -> [ChunkLoader] {
        let chunks = Chunk.chunks(
            of: pieces, sourceName: range.path, header: header, isLastOfFile: range.isFinished)
        return chunks.map { chunk in
            ChunkLoader(byteCount: chunk.byteCount) { () throws(Diagnostic) in [chunk] }
        }
    }

    /// What a range says is wrong.
    private func loader(of range: FileRange, torn bytes: [UInt8]) -> ChunkLoader {
        let reason = range.problem?.reason ?? FileProblem.vanished(range.path)
        let rejection = Rejection(
            offset: Int64(range.start), byteCount: Int64(range.problem?.byteCount ?? -1), bytes: bytes,
            reason: reason)
        return loader(of: rejection, range)
    }

    private func loader(of rejection: Rejection, _ range: FileRange) -> ChunkLoader {
        let chunk = Chunk.rejecting(rejection, of: range.path, isLastOfFile: true)
        return ChunkLoader(byteCount: 0) { () throws(Diagnostic) in [chunk] }
    }

    /// Cuts a range again that was fixed before a crash.
    private func readAgain(
        _ range: FileRange, _ file: TrackedFile?
    ) throws(Diagnostic) -> (pieces: [RecordPiece], header: [UInt8]?) {
        do throws(StorageError) {
            let opened = try openAgain(range, file)
            var header = file?.header
            let reader: SequentialReader
            if let kept = file?.reader, kept.position == range.start {
                reader = kept
            } else {
                let start = FileStart(
                    path: range.path, compression: range.compression, size: try opened.size(),
                    offset: range.start)
                guard
                    case .ready(let made) = try makeReader(
                        at: start, opened, isSettled: true, header: &header)
                else { throw .invalid(path: range.path, reason: "its header is not there any more") }
                reader = made
            }
            let cut = try reader.cut(
                limit: range.end - range.start, mayExceed: true, isSettled: true, isExact: true)
            if let file {
                file.header = header
                keep(reader, of: file)
            }
            if cut.end == range.end { return (cut.pieces, header) }
            throw .invalid(
                path: range.path, reason: "it ends at byte \(cut.end) of its contents, not \(range.end)")
        } catch {
            throw FileProblem.of(error, range.path)
        }
    }

    private func openAgain(_ range: FileRange, _ file: TrackedFile?) throws(StorageError) -> any ReadableFile
    {
        let path = file?.path ?? range.path
        let opened = try fileSystem.open(path)
        let isSame = try opened.status().inode == range.key.inode
        if isSame, range.fingerprint.matches(try HeadFingerprint.head(of: opened)) { return opened }
        throw .invalid(path: path, reason: "it was replaced by another file")
    }

    /// The torn record in front of the damage.
    private func tornBytes(_ range: FileRange, _ file: TrackedFile?) throws(StorageError) -> [UInt8] {
        let opened = try openAgain(range, file)
        let start = FileStart(
            path: range.path, compression: range.compression, size: try opened.size(), offset: range.start)
        var header = file?.header
        switch try makeReader(at: start, opened, isSettled: true, header: &header) {
        case .ready(let reader):
            _ = try reader.cut(limit: Int.max, mayExceed: true, isSettled: false)
            return Array(reader.tail().prefix(range.end - range.start))
        case .damaged(_, let tail): return Array(tail.prefix(range.end - range.start))
        case .headerIsMissing: return []
        }
    }
}
