/// Why bytes are no records, told by what the caller answers.
enum RecordError: Error, Equatable {
    /// They end too early: so many bytes from their start would be needed. In a fetch this is the normal end.
    case incomplete(needed: Int)
    /// They are damaged or were written wrongly: `CORRUPT_MESSAGE` to a producer.
    case corrupt(String)
    /// They are of a form that this program does not know: `UNSUPPORTED_COMPRESSION_TYPE` and the like.
    case unsupported(String)
    /// They would take more memory than `limit` bytes: `MESSAGE_TOO_LARGE`.
    case tooLarge(limit: Int)
    /// Whole, but not allowed here: `INVALID_RECORD`.
    case invalid(String)
}

extension RecordError: CustomStringConvertible {
    var description: String {
        switch self {
        case .incomplete(let needed): "the records break off (\(needed) bytes would be needed)"
        case .corrupt(let reason): "the records are damaged: \(reason)"
        case .unsupported(let what): "\(what) is not supported"
        case .tooLarge(let limit): "the records take more than \(limit) bytes"
        case .invalid(let reason): "the records are not allowed: \(reason)"
        }
    }
}
