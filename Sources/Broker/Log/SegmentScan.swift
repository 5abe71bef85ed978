import Storage

/// Walks over the batches of a segment's file in order, reading large pieces.
///
/// Holds one piece of a MiB, or one batch where that is larger; a batch cannot be larger than the file.
struct SegmentScan {
    private let file: LogFile
    private let end: Int
    private let pieceByteCount: Int
    private var piece: [UInt8] = []
    private var pieceStart: Int
    /// Where the next batch begins.
    private(set) var position: Int
    /// Why the walk ended before `end`.
    private(set) var damage: String?
    private var current = 0..<0

    /// - Parameter end: bytes of the file that count.
    init(_ file: LogFile, from position: Int = 0, to end: Int, pieceByteCount: Int = 1 << 20) {
        self.file = file
        self.end = end
        self.pieceByteCount = pieceByteCount
        self.position = position
        pieceStart = position
    }

    /// The header of the next batch, whole and bounds checked; nil at the end or at damage.
    mutating func next(checkingChecksum: Bool = false) throws(StorageError) -> RecordBatchHeader? {
        guard damage == nil, position < end else { return nil }
        var wanted = RecordBatchHeader.byteCount
        while true {
            guard try fill(wanted) else {
                damage = "a batch that breaks off"
                return nil
            }
            do throws(RecordError) {
                let start = position - pieceStart
                let header = try withPiece(from: start) { bytes throws(RecordError) in
                    try RecordBatch(at: bytes, checkingChecksum: checkingChecksum).header
                }
                current = start..<start + header.byteCount
                position += header.byteCount
                return header
            } catch .incomplete(let needed) {
                // A length that lies is found out here, before memory is taken for it.
                guard needed > wanted, needed <= end - position else {
                    damage = "a batch that breaks off"
                    return nil
                }
                wanted = needed
            } catch {
                damage = error.description
                return nil
            }
        }
    }

    /// The header of the next batch, whose records are not looked at; nil at the end or at damage.
    mutating func nextHeader() throws(StorageError) -> RecordBatchHeader? {
        guard damage == nil, position < end else { return nil }
        guard try fill(RecordBatchHeader.byteCount) else {
            damage = "a batch that breaks off"
            return nil
        }
        do throws(RecordError) {
            let header = try withPiece(from: position - pieceStart) { bytes throws(RecordError) in
                try RecordBatchHeader(bytes)
            }
            guard header.byteCount <= end - position else { throw .corrupt("a batch that breaks off") }
            current = 0..<0
            position += header.byteCount
            return header
        } catch {
            damage = error.description
            return nil
        }
    }

    /// Lends the batch that `next` gave last.
    func withCurrent<Result>(
        _ body: (RecordBatch) throws(RecordError) -> Result
    ) throws(RecordError) -> Result {
        try withPiece(from: current.lowerBound) { bytes throws(RecordError) in
            try body(try RecordBatch(at: bytes, checkingChecksum: false))
        }
    }

    private func withPiece<Result>(
        from start: Int, _ body: (UnsafeRawBufferPointer) throws(RecordError) -> Result
    ) throws(RecordError) -> Result {
        var result: Swift.Result<Result, RecordError> = .failure(.incomplete(needed: 0))
        piece.withUnsafeBytes { bytes in
            do throws(RecordError) {
                result = .success(try body(UnsafeRawBufferPointer(rebasing: bytes[start...])))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    /// Makes `count` bytes from `position` on lie in the piece; false where the file has not as many.
    private mutating func fill(_ count: Int) throws(StorageError) -> Bool {
        if position >= pieceStart, pieceStart + piece.count - position >= count { return true }
        guard count <= end - position else { return false }
        piece = try file.read(at: position, count: min(max(count, pieceByteCount), end - position))
        pieceStart = position
        return piece.count >= count
    }
}
