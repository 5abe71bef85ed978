/// Finds the ends of records in bytes that come piece by piece.
struct RecordScanner {
    private let framing: Framing
    private(set) var isInQuotes = false
    /// The last byte scanned closed a quote: another quote right behind it is a doubled one.
    private var isBehindQuote = false
    /// A quote here would open: this is the start of a record or stands behind a delimiter.
    private var isAtFieldStart = true

    init(_ framing: Framing) { self.framing = framing }

    /// Goes on as at the start of a record.
    mutating func reset() { self = RecordScanner(framing) }

    /// Scans `start ..< end` of what `base` points to.
    ///
    /// Returns the place behind the last line end that ends a record (or the first, and scans no further).
    mutating func scan(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, stopsAtFirst: Bool
    ) -> Int? {
        switch framing {
        case .lines:
            let found =
                stopsAtFirst
                ? ByteSearch.first(ByteSearch.lineEnd, in: base, start, end)
                : ByteSearch.last(ByteSearch.lineEnd, in: base, start, end)
            return found.map { $0 + 1 }
        case .quoted(let quote, let delimiter, _):
            return scanQuoted(base, start, end, quote, delimiter, stopsAtFirst)
        }
    }

    private mutating func scanQuoted(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, _ quote: UInt8, _ delimiter: UInt8,
        _ stopsAtFirst: Bool
    ) -> Int? {
        guard start < end else { return nil }
        var recordEnd: Int?
        var position = start
        while position < end {
            let next = ByteSearch.first(quote, in: base, position, end)
            if isInQuotes {
                guard let next else {
                    isBehindQuote = false
                    return recordEnd
                }
                isInQuotes = false
                isBehindQuote = true
                isAtFieldStart = false
                position = next + 1
                continue
            }
            let stretchEnd = next ?? end
            let found =
                stopsAtFirst
                ? ByteSearch.first(ByteSearch.lineEnd, in: base, position, stretchEnd)
                : ByteSearch.last(ByteSearch.lineEnd, in: base, position, stretchEnd)
            if let found {
                recordEnd = found + 1
                if stopsAtFirst {
                    reset()
                    return recordEnd
                }
            }
            if stretchEnd > position {
                let before = base.load(fromByteOffset: stretchEnd - 1, as: UInt8.self)
                isAtFieldStart = before == delimiter || before == ByteSearch.lineEnd
                isBehindQuote = false
            }
            guard next != nil else { return recordEnd }
            // A quote in the midst of a field stands for itself.
            isInQuotes = isAtFieldStart || isBehindQuote
            isBehindQuote = false
            isAtFieldStart = false
            position = stretchEnd + 1
        }
        return recordEnd
    }
}
