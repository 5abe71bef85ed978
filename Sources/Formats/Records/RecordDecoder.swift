import Columnar

/// Bytes of one format into columns.
///
/// A decoder learns from the records it sees, so it is used by one thread at a time; several decoders run in
/// parallel. What it learns never changes a result. Nothing in the bytes makes it trap.
public protocol RecordDecoder: AnyObject {
    /// The columns that are filled, in the order of the result.
    var fields: [DecodedField] { get }

    /// Decodes the whole records in `range`; the last may lack its line end.
    ///
    /// Stops behind `limit` records; `end` of the result says where. Offsets are UInt32, so `range` ends
    /// below 4 GiB.
    func decode(_ buffer: Buffer, range: Range<Int>, limit: Int) -> DecodedRecords

    /// Decodes records that were delimited elsewhere, one row for each frame; a tombstone's columns are NULL.
    func decode(_ buffer: Buffer, frames: RecordFrames) -> DecodedRecords
}

extension RecordDecoder {
    public func decode(_ buffer: Buffer, range: Range<Int>) -> DecodedRecords {
        decode(buffer, range: range, limit: .max)
    }

    /// The whole buffer.
    public func decode(_ buffer: Buffer) -> DecodedRecords {
        decode(buffer, range: 0..<buffer.capacity, limit: .max)
    }
}
