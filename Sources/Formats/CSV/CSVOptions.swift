/// How fields and records are set apart in delimited text.
public struct CSVOptions: Hashable, Sendable {
    /// Between fields: a comma, a semicolon, a tab; one ASCII character.
    public var delimiter: UInt8
    /// Around fields that contain delimiters, line ends or quotes, which are doubled then.
    public var quote: UInt8
    /// A quoted field that has not ended after this many bytes of its record never will.
    public var maximumRecordBytes: Int

    public init(delimiter: UInt8 = 0x2C, quote: UInt8 = 0x22, maximumRecordBytes: Int = 1 << 20) {
        precondition(
            delimiter < 0x80 && quote < 0x80 && delimiter != quote, "delimiters are ASCII and differ")
        precondition(delimiter != 0x0A && delimiter != 0x0D, "a line end is no delimiter")
        self.delimiter = delimiter
        self.quote = quote
        self.maximumRecordBytes = maximumRecordBytes
    }
}
