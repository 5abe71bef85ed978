import Columnar
import Diagnostics
import Formats
import Runtime

/// Records of a bronze table that are decoded from Parquet and wait to be made chunks: about a chunk's worth,
/// of one epoch.
struct BronzePiece: Sendable {
    /// Rows of one batch, of one file of the source.
    struct Part: Sendable {
        /// The columns of the record: its text and its bytes, or its bytes alone.
        let records: [Column]
        let offsets: Column
        let rows: Range<Int>
        let source: String
        let header: [UInt8]?
    }

    /// nil where the table does not tell.
    let clock: Int64?
    var parts: [Part] = []
    var rowCount = 0
    /// Bytes of the records.
    var byteCount = 0

    init(clock: Int64?) { self.clock = clock }

    /// Loads the piece as chunks, one for each part.
    var loader: ChunkLoader {
        ChunkLoader(byteCount: byteCount, clock: clock) { [self] () throws(Diagnostic) in
            var chunks: [Chunk] = []
            for part in parts { chunks.append(try part.chunk()) }
            return chunks
        }
    }
}

extension BronzePiece.Part {
    /// Bytes of a record; nil where a row has none.
    func record(_ row: Int) -> UnsafeRawBufferPointer? {
        for column in records where column.isValid(row) { return column.bytes(at: row) }
        return nil
    }

    /// The records, each with a line end behind it, as they stood in their file.
    func chunk() throws(Diagnostic) -> Chunk {
        var size = 0
        for row in rows {
            guard let record = record(row) else { throw missing(row) }
            size += record.count + 1
        }
        let buffer = Buffer(capacity: size)
        let starts = Buffer(capacity: rows.count * 4)
        let lengths = Buffer(capacity: rows.count * 4)
        let (startOf, lengthOf) = (
            starts.pointer.assumingMemoryBound(to: UInt32.self),
            lengths.pointer.assumingMemoryBound(to: UInt32.self)
        )
        var position = 0
        for (index, row) in rows.enumerated() {
            guard let record = record(row) else { throw missing(row) }
            startOf[index] = UInt32(truncatingIfNeeded: position)
            lengthOf[index] = UInt32(truncatingIfNeeded: record.count)
            if let base = record.baseAddress, record.count > 0 {
                (buffer.pointer + position).copyMemory(from: base, byteCount: record.count)
            }
            position += record.count
            buffer.pointer.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: position, as: UInt8.self)
            position += 1
        }
        let frames = RecordFrames(count: rows.count, starts: starts, lengths: lengths)
        return Chunk(
            buffer: buffer,
            records: PlacedRecords(frames: frames, offsets: offsets.slice(rows), header: header),
            sourceName: source)
    }

    private func missing(_ row: Int) -> Diagnostic {
        Diagnostic(
            .malformedData,
            "a row of the bronze table holds no record (\(source), offset \(offsets.int64s[row]))",
            expected: "the record's text or its bytes in each row",
            hint: "remove the row, or mend it")
    }
}
