import Formats

/// How a file's bytes are parted into records; its decoder must be told the same.
public enum Framing: Sendable, Equatable {
    /// A record ends at each line end.
    case lines
    /// Delimited text, whose quoted fields may hold line ends. Either the first record of a file names the
    /// columns and is no record, or the number of columns is declared.
    case csv(CSVOptions, columns: Columns)

    /// How it is known which fields a record has.
    public enum Columns: Sendable, Equatable {
        case header
        case declared(count: Int)
    }

    var hasHeader: Bool {
        if case .csv(_, .header) = self { return true }
        return false
    }
}
