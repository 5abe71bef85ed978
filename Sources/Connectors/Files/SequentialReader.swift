import Columnar
import Diagnostics
import Storage

/// Reads a stream from front to back and cuts it into whole records; keeps what is left of the last one.
///
/// For files whose records cannot be found from the middle: quoted CSV, and everything compressed.
final class SequentialReader {
    struct Limits {
        /// Bytes of a piece, about.
        var pieceBytes: Int
        /// Longest record.
        var recordBytes: Int
    }

    struct Cut {
        enum Stop: Equatable {
            /// `limit` is reached, or the next record would pass it.
            case limit
            /// The stream has no more, but for `tail` bytes of a record that is not finished.
            case end(tail: Int)
            /// The stream cannot be read on; `reason` is nil when it merely breaks off.
            case damaged(reason: String?, tail: Int)
        }

        var pieces: [RecordPiece] = []
        /// Where the records start and end in the stream.
        var start: Int
        var end: Int
        var isUnterminated = false
        var stop = Stop.limit
    }

    let stream: any ByteStream
    let limits: Limits
    let sourceName: String
    var scanner: RecordScanner
    private let expectedBytes: Int

    // The buffer holds `base ..< base + filled` of the stream. Up to `complete` are whole records that are
    // not yet sealed into a piece (from `sealed` on); up to `scanned` it was looked for record ends.
    var buffer: Buffer?
    var base: Int
    var sealed = 0
    var complete = 0
    var scanned = 0
    var filled = 0
    /// An overlong record that is being passed over: where it starts, and its head.
    var overlong: (offset: Int, head: [UInt8])?

    /// `stream` stands at `offset`; about `expectedBytes` are to come.
    init(
        _ stream: any ByteStream, at offset: Int, framing: Framing, limits: Limits, sourceName: String,
        expectedBytes: Int
    ) {
        self.stream = stream
        self.limits = limits
        self.sourceName = sourceName
        self.expectedBytes = expectedBytes
        scanner = RecordScanner(framing)
        base = offset
    }

    /// Place in the stream of the first record that was not cut off yet.
    var position: Int { overlong?.offset ?? base + complete }

    /// Reads and forgets what is in front of `offset`. False when the stream ends before.
    func skip(to offset: Int) throws(StorageError) -> Bool {
        if offset <= base + filled {
            complete = max(complete, offset - base)
            sealed = complete
            scanned = complete
            return true
        }
        base += filled
        (buffer, sealed, complete, scanned, filled) = (nil, 0, 0, 0, 0)
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
        defer { scratch.deallocate() }
        while base < offset {
            let part = UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(scratch.count, offset - base)])
            guard case .bytes(let count) = try stream.read(into: part) else { return false }
            base += count
        }
        return true
    }

    /// Passes over a UTF-8 byte order mark at the start of the stream.
    func skipByteOrderMark() throws(StorageError) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let first = Buffer(capacity: max(min(limits.pieceBytes, max(expectedBytes, 256)), mark.count))
        buffer = first
        while filled < mark.count {
            let part = UnsafeMutableRawBufferPointer(
                start: first.pointer + filled, count: first.capacity - filled)
            guard case .bytes(let count) = try stream.read(into: part) else { return }
            filled += count
        }
        let start = UnsafeRawBufferPointer(start: first.pointer, count: mark.count)
        guard start.elementsEqual(mark) else { return }
        (sealed, complete, scanned) = (mark.count, mark.count, mark.count)
    }

    /// Cuts whole records off, at most `limit` bytes.
    ///
    /// - `mayExceed`: one record is taken even if it is longer than `limit`.
    /// - `isSettled`: what is left at the end of the stream is a record too.
    /// - `isExact`: the bytes up to `limit` are the records, the last one finished or not: a range is read
    ///   again.
    func cut(
        limit: Int, mayExceed: Bool, isSettled: Bool, isExact: Bool = false
    ) throws(StorageError) -> Cut {
        var cut = Cut(start: position, end: position)
        let limitOffset = cut.start &+ max(limit, 1)
        let upperOffset = limitOffset < cut.start ? Int.max : limitOffset
        while true {
            if scanned < filled, base + scanned < upperOffset {
                scan(to: min(filled, upperOffset - base), stopsAtFirst: false, &cut)
                continue
            }
            if scanned < filled || base + scanned >= upperOffset {
                // At the limit.
                if isExact {
                    finish(at: upperOffset - base, &cut)
                    break
                }
                guard mayExceed, position == cut.start else { break }
                if scanned < filled {
                    scan(to: filled, stopsAtFirst: true, &cut)
                    continue
                }
            }
            let stop = try fill(upTo: upperOffset, &cut)
            guard let stop else { continue }
            cut.stop = stop
            if isSettled || isExact, case .end = stop {
                finish(at: filled, &cut)
                cut.stop = .end(tail: 0)
            }
            break
        }
        seal(&cut)
        cut.end = position
        keepRest()
        return cut
    }

    /// The bytes of the record that is not finished, at most the longest record.
    func tail() -> [UInt8] {
        if let overlong { return overlong.head }
        guard let buffer else { return [] }
        let count = min(filled - complete, limits.recordBytes)
        return Array(UnsafeRawBufferPointer(start: buffer.pointer + complete, count: count))
    }

    /// Reads more; nil when there is more, else why not.
    private func fill(upTo upperOffset: Int, _ cut: inout Cut) throws(StorageError) -> Cut.Stop? {
        let target = makeRoom(&cut)
        // Not much more than the limit: what is read beyond it is carried over from cut to cut.
        // What is beyond it of one long record is read in larger and larger parts.
        let wanted = max(upperOffset - base - filled, 4096, filled - complete)
        let room = min(target.capacity - filled, wanted)
        let part = UnsafeMutableRawBufferPointer(start: target.pointer + filled, count: room)
        switch try stream.read(into: part) {
        case .bytes(let count):
            filled += count
            return nil
        case .end: return .end(tail: base + filled - position)
        case .truncated: return .damaged(reason: nil, tail: base + filled - position)
        case .damaged(let reason): return .damaged(reason: reason, tail: base + filled - position)
        }
    }

    /// The buffer with room to read into: seals what is whole, grows when a single record fills it.
    private func makeRoom(_ cut: inout Cut) -> Buffer {
        guard let current = buffer else {
            let first = Buffer(capacity: min(limits.pieceBytes, max(expectedBytes, 256)))
            buffer = first
            return first
        }
        if filled < current.capacity { return current }
        if complete == sealed, complete > 0 {
            // Nothing in front of `complete` is needed any more.
            keepRest(capacity: limits.pieceBytes)
            return buffer ?? current
        }
        if current.capacity < limits.pieceBytes || complete == sealed {
            // A record longer than the longest is never held: `scan` takes care of it before.
            let longest = max(limits.pieceBytes, limits.recordBytes + limits.pieceBytes)
            let size = max(filled + 1, min(max(current.capacity * 2, 4096), longest))
            let grown = Buffer(capacity: size)
            grown.pointer.copyMemory(from: current.pointer, byteCount: filled)
            buffer = grown
            return grown
        }
        seal(&cut)
        keepRest(capacity: limits.pieceBytes)
        return buffer ?? current
    }

    /// Makes a piece of the whole records that are in the buffer.
    func seal(_ cut: inout Cut) {
        if complete > sealed, let buffer {
            cut.pieces.append(.records(buffer, range: sealed..<complete, offset: base + sealed))
        }
        sealed = complete
    }

    /// Moves what is left of the buffer into a new one: a sealed buffer belongs to its pieces.
    private func keepRest(capacity: Int = 0) {
        guard let old = buffer, complete > 0 else { return }
        let rest = filled - complete
        if rest > 0 || capacity > 0 {
            let new = Buffer(capacity: capacity > 0 ? max(capacity, rest * 2) : rest)
            new.pointer.copyMemory(from: old.pointer + complete, byteCount: rest)
            buffer = new
        } else {
            buffer = nil
        }
        base += complete
        scanned -= complete
        filled = rest
        sealed = 0
        complete = 0
    }
}
