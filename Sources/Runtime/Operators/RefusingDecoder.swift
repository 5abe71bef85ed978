import Columnar
import Formats

/// Finds the records of a file whose header does not fit, and refuses each for that reason: none is lost.
final class RefusingDecoder: RecordDecoder {
    let fields: [DecodedField]
    private let reason: DecodeError
    private let lines = LinesDecoder(name: "")

    init(fields: [DecodedField], reason: DecodeError) {
        self.fields = fields
        self.reason = reason
    }

    func decode(_ buffer: Buffer, range: Range<Int>, limit: Int) -> DecodedRecords {
        refused(lines.decode(buffer, range: range, limit: limit))
    }

    func decode(_ buffer: Buffer, frames: RecordFrames) -> DecodedRecords {
        refused(lines.decode(buffer, frames: frames))
    }

    private func refused(_ records: DecodedRecords) -> DecodedRecords {
        DecodedRecords(
            count: records.count, columns: fields.map { .nulls($0.type, count: records.count) },
            frames: records.frames, errors: (0..<records.count).map { .init(row: $0, reason: reason) },
            end: records.end)
    }
}
