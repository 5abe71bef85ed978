/// How a file's bytes are parted into records.
public enum Framing: Sendable, Equatable {
    /// A record ends at each line end.
    case lines
    /// A record ends at each line end outside quotes. A quote opens at the start of a field only; doubled it
    /// stands for itself. With `hasHeader` the first record of a file names the columns and is no record.
    case quoted(quote: UInt8, delimiter: UInt8, hasHeader: Bool)

    /// CSV as RFC 4180 has it, with a header.
    public static let csv = Framing.quoted(
        quote: UInt8(ascii: "\""), delimiter: UInt8(ascii: ","), hasHeader: true)

    var hasHeader: Bool {
        if case .quoted(_, _, let hasHeader) = self { return hasHeader }
        return false
    }
}
