import Columnar
import Runtime

/// What cutting a stream into records gives, piece by piece.
enum RecordPiece: Sendable {
    /// Whole records in `range` of the buffer, the first of them `offset` bytes into the stream.
    case records(Buffer, range: Range<Int>, offset: Int)
    case rejected(Rejection)
}
