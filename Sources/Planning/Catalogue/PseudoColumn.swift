import Columnar

/// Columns that every record has without declaring them.
public enum PseudoColumn: Int, CaseIterable, Sendable {
    /// Event time, milliseconds since the epoch.
    case rowTime
    case rowPartition
    /// Position in the partition; of a file, the byte offset of the line.
    case rowOffset
    /// The file or topic.
    case rowSource
    /// The record as it came.
    case rowRaw
    /// Why the record does not fit the schema; NULL where it does.
    case rowError
    case windowStart
    case windowEnd

    public var name: String {
        switch self {
        case .rowTime: return "ROWTIME"
        case .rowPartition: return "ROWPARTITION"
        case .rowOffset: return "ROWOFFSET"
        case .rowSource: return "ROWSOURCE"
        case .rowRaw: return "ROWRAW"
        case .rowError: return "ROWERROR"
        case .windowStart: return "WINDOWSTART"
        case .windowEnd: return "WINDOWEND"
        }
    }

    public var type: DataType {
        switch self {
        case .rowTime, .rowOffset, .windowStart, .windowEnd: return .bigint
        case .rowPartition: return .integer
        case .rowSource, .rowError: return .string
        case .rowRaw: return .bytes
        }
    }

    /// Whether it names a window's bound, which only windowed relations and aggregations have.
    public var isWindowBound: Bool { self == .windowStart || self == .windowEnd }

    public init?(name: String) {
        guard let found = PseudoColumn.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}
