import Columnar
import Diagnostics
import Runtime
import Storage

/// One part of a range of lines: it gives the lines that start in it, wherever they end.
///
/// ```
/// range  |-------------------------------------------|
/// parts  |         a         |         b         | c |
/// lines  |---|----------|------------|---------|-----|
///         a gives three lines, reading on behind its end; b gives two, c none.
/// ```
struct LinePart: Sendable {
    let file: SharedFile
    let sourceName: String
    /// The range, whose start and end are line ends (or the end of an unterminated last line).
    let range: Range<Int>
    let part: Range<Int>
    let isFinished: Bool
    let longestRecord: Int
    let failsOnError: Bool

    private static let overlap = 4096

    func load() throws(Diagnostic) -> [Chunk] {
        do throws(Diagnostic) {
            return try read(file.opened())
        } catch {
            if failsOnError { throw error }
            return [
                Chunk.rejecting(
                    Rejection(
                        offset: Int64(part.lowerBound), byteCount: Int64(part.count), bytes: [], reason: error
                    ),
                    of: sourceName, isLastOfFile: isLast)
            ]
        }
    }

    private var isLast: Bool { isFinished && part.upperBound == range.upperBound }

    private func read(_ file: any ReadableFile) throws(Diagnostic) -> [Chunk] {
        // The byte before tells whether a line starts with the part.
        let base = part.lowerBound == range.lowerBound ? part.lowerBound : part.lowerBound - 1
        let count = part.upperBound - base
        let slack = min(Self.overlap, range.upperBound - part.upperBound)
        var buffer = Buffer(capacity: count + slack)
        try fill(buffer, from: file, at: base, 0..<count)
        var first = 0
        if base < part.lowerBound {
            guard let found = ByteSearch.first(ByteSearch.lineEnd, in: buffer.pointer, 0, count),
                found + 1 < count
            else { return isLast ? [Chunk.empty(of: sourceName, at: part.upperBound)] : [] }
            first = found + 1
        }
        let lastEnd = ByteSearch.last(ByteSearch.lineEnd, in: buffer.pointer, first, count).map { $0 + 1 }
        let lastStart = lastEnd ?? first
        // The end of the last line: in the part, in what follows, or the range's.
        var filled = count
        var end = lastStart == count ? count : nil
        if end == nil, part.upperBound == range.upperBound { end = count }
        while end == nil, filled - lastStart <= longestRecord {
            let more = min(max(Self.overlap, filled - count), range.upperBound - base - filled)
            if more <= 0 {
                end = filled
                break
            }
            if filled + more > buffer.capacity {
                buffer = buffer.grown(to: filled + more + Self.overlap, keeping: filled)
            }
            try fill(buffer, from: file, at: base + filled, filled..<filled + more)
            end = ByteSearch.first(ByteSearch.lineEnd, in: buffer.pointer, filled, filled + more).map {
                $0 + 1
            }
            filled += more
        }
        var pieces: [RecordPiece] = []
        let wholeEnd = end ?? lastStart
        cut(buffer, base, first..<wholeEnd, into: &pieces)
        if end == nil {
            pieces.append(.rejected(try overlong(file, buffer, base, lastStart..<filled)))
        }
        return Chunk.chunks(of: pieces, sourceName: sourceName, header: nil, isLastOfFile: isLast)
    }

    /// Cuts overlong lines out of whole lines.
    private func cut(_ buffer: Buffer, _ base: Int, _ lines: Range<Int>, into pieces: inout [RecordPiece]) {
        var start = lines.lowerBound
        var line = start
        // Leaps from line end to line end as far as a line may be long: mostly there is nothing to look at.
        while lines.upperBound - line > longestRecord {
            let bound = line + longestRecord + 1
            if let found = ByteSearch.last(ByteSearch.lineEnd, in: buffer.pointer, line, bound) {
                line = found + 1
                continue
            }
            if line > start { pieces.append(.records(buffer, range: start..<line, offset: base + start)) }
            let found = ByteSearch.first(ByteSearch.lineEnd, in: buffer.pointer, bound, lines.upperBound)
            let end = found.map { $0 + 1 } ?? lines.upperBound
            pieces.append(.rejected(rejection(buffer, base, line, byteCount: end - line)))
            line = end
            start = end
        }
        if lines.upperBound > start {
            pieces.append(.records(buffer, range: start..<lines.upperBound, offset: base + start))
        }
    }

    /// A line whose end is farther away than a line may be long.
    private func overlong(
        _ file: any ReadableFile, _ buffer: Buffer, _ base: Int, _ line: Range<Int>
    ) throws(Diagnostic) -> Rejection {
        let lineEnds = FileLineEnds()
        var end: Int?
        do throws(StorageError) {
            end = try lineEnds.first(in: file, from: base + line.upperBound, to: range.upperBound)
        } catch {
            throw FileProblem.of(error, sourceName)
        }
        let byteCount = (end ?? range.upperBound) - base - line.lowerBound
        return rejection(buffer, base, line.lowerBound, byteCount: byteCount)
    }

    private func rejection(_ buffer: Buffer, _ base: Int, _ start: Int, byteCount: Int) -> Rejection {
        Rejection(
            offset: Int64(base + start), byteCount: Int64(byteCount),
            bytes: Array(UnsafeRawBufferPointer(start: buffer.pointer + start, count: longestRecord)),
            reason: FileProblem.overlong(sourceName, at: base + start, limit: longestRecord))
    }

    private func fill(
        _ buffer: Buffer, from file: any ReadableFile, at offset: Int, _ place: Range<Int>
    ) throws(Diagnostic) {
        let target = UnsafeMutableRawBufferPointer(
            start: buffer.pointer + place.lowerBound, count: place.count)
        var count = 0
        do throws(StorageError) {
            count = try file.read(at: offset, into: target)
        } catch {
            throw FileProblem.of(error, sourceName)
        }
        if count < place.count {
            throw FileProblem.shrunk(sourceName, from: range.upperBound, to: offset + count)
        }
    }
}
