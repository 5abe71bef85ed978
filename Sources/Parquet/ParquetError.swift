/// Why a Parquet file could not be written or read, told by what the caller can do next.
public enum ParquetError: Error, Equatable, Sendable {
    /// The bytes are no Parquet file, or a broken one: another copy may do.
    case malformed(reason: String)
    /// The file is well formed, but holds what no column type here can hold.
    case unsupported(reason: String)
    /// The rows cannot be encoded: a key of a map is NULL, a text is over 2 GB, memory is out.
    case rejected(reason: String)

    public var reason: String {
        switch self {
        case .malformed(let reason), .unsupported(let reason), .rejected(let reason): return reason
        }
    }
}
