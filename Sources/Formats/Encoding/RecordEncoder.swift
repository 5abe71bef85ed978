import Columnar

/// Rows of batches of one schema into bytes of one format; what the format's decoder reads back as they were.
///
/// Holds no state between calls but room to work in, so it is used by one thread at a time.
public protocol RecordEncoder: AnyObject {
    var schema: Schema { get }

    /// Appends the record of one row, without a line end; returns false for a row that is a tombstone
    /// instead.
    func append(row: Int, of batch: EncodedBatch, to out: ByteWriter) -> Bool
}

extension RecordEncoder {
    /// Appends each row as a line. The row of a tombstone is an empty line.
    public func appendLines(_ batch: Batch, to out: ByteWriter) {
        let columns = EncodedBatch(batch)
        for row in 0..<batch.count {
            _ = append(row: row, of: columns, to: out)
            out.append(0x0A)
        }
    }

    /// Each row as a record of its own.
    public func encode(_ batch: Batch) -> EncodedRecords {
        let columns = EncodedBatch(batch)
        let out = ByteWriter(capacity: batch.count * 64)
        let starts = Buffer(capacity: batch.count * 4)
        let lengths = Buffer(capacity: batch.count * 4)
        let frames = FrameSlots(starts, lengths, capacity: batch.count)
        for row in 0..<batch.count {
            let start = out.count
            if append(row: row, of: columns, to: out) {
                frames.set(row, start: start, end: out.count)
            } else {
                out.truncate(to: start)
                frames.setAbsent(row, start: start)
            }
            precondition(out.count < Int(UInt32.max), "the records of a batch take less than 4 GiB")
        }
        return EncodedRecords(
            buffer: out.take(), frames: RecordFrames(count: batch.count, starts: starts, lengths: lengths))
    }
}
