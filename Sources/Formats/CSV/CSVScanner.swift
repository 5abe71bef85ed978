import Columnar
import Glibc

/// A field of a record as it lies in the buffer, without its quotes.
struct CSVField {
    let start: Int
    let end: Int
    let isQuoted: Bool
    /// Whether the quotes in it stand twice.
    let hasDoubledQuotes: Bool

    init(_ start: Int, _ end: Int, isQuoted: Bool = false, hasDoubledQuotes: Bool = false) {
        self.start = start
        self.end = end
        self.isQuoted = isQuoted
        self.hasDoubledQuotes = hasDoubledQuotes
    }
}

/// What became of one record.
struct CSVRecord {
    enum Verdict: UInt8 {
        case whole
        /// More bytes must come before the end of the record is known.
        case incomplete
        /// A quoted field without a proper end; the record is its first line.
        case badQuotes
    }

    let verdict: Verdict
    /// Behind the record's last byte, its line end left out.
    let end: Int
    /// Where the next record begins.
    let next: Int
    /// How many fields there are, also when there was not room for all.
    let fieldCount: Int
    /// Whether a byte above 0x7F may be in it.
    let hasWideBytes: Bool
}

/// Splits delimited text into records and fields: RFC 4180, with a rule for what breaks it.
///
/// A field that begins with a quote ends at the next single quote, which a delimiter, a line end (LF, CRLF)
/// or the end of the text must follow. Quotes elsewhere are text. A record is bad when a quoted field ends
/// otherwise, or not within `maximumRecordBytes`, or when it spans lines but has not the expected number of
/// fields. A bad record ends with its first line, and reading goes on behind it: so an unbalanced quote costs
/// one line, not the rest of the file.
struct CSVScanner {
    let options: CSVOptions
    /// As many fields as each record should have; nil when that is not known.
    let expectedFields: Int?
    private let delimiters: UInt64
    private let newlines: UInt64 = WordScan.repeated(0x0A)
    private let quotes: UInt64

    init(_ options: CSVOptions, expectedFields: Int?) {
        self.options = options
        self.expectedFields = expectedFields
        delimiters = WordScan.repeated(options.delimiter)
        quotes = WordScan.repeated(options.quote)
    }

    /// Reads the record at `start`, which is before `end`; notes up to `room` fields.
    ///
    /// Up to 8 bytes behind `end` may be read, which a buffer's padding allows.
    /// - Parameter isFinal: nothing comes behind `end`.
    func scan(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, isFinal: Bool,
        into fields: UnsafeMutablePointer<CSVField>, room: Int
    ) -> CSVRecord {
        var count = 0
        var wide: UInt64 = 0
        var hasQuotedFields = false
        var fieldStart = start
        var index = start
        while true {
            if fieldStart == index && index < end && WordScan.byte(base, index) == options.quote {
                hasQuotedFields = true
                let quoted = quotedField(base, record: start, index, end, isFinal: isFinal, wide: &wide)
                guard let field = quoted.field else {
                    if quoted.isIncomplete { return incomplete(start) }
                    return bad(base, start, end, isFinal: isFinal, fields: count)
                }
                if count < room { (fields + count).initialize(to: field) }
                count &+= 1
                index = quoted.next
                if index < end && WordScan.byte(base, index) == options.delimiter {
                    index &+= 1
                    fieldStart = index
                    continue
                }
                // A line end or the end of the text, as `quotedField` made sure.
                return whole(
                    base, start, contentEnd: index, end, isFinal: isFinal, fields: count, wide: wide,
                    hasQuotedFields: true)
            }
            let word = WordScan.load(base, index)
            wide |= word
            var marks = WordScan.exactMatches(word, delimiters) | WordScan.exactMatches(word, newlines)
            var meetsQuote = false
            while marks != 0 {
                let place = index &+ WordScan.firstByte(marks)
                marks &= marks &- 1
                if place >= end { break }
                if WordScan.byte(base, place) == 0x0A {
                    let fieldEnd =
                        place > fieldStart && WordScan.byte(base, place &- 1) == 0x0D ? place &- 1 : place
                    if count < room { (fields + count).initialize(to: CSVField(fieldStart, fieldEnd)) }
                    return whole(
                        base, start, contentEnd: fieldEnd, end, isFinal: isFinal, fields: count &+ 1,
                        wide: wide,
                        hasQuotedFields: hasQuotedFields)
                }
                if count < room { (fields + count).initialize(to: CSVField(fieldStart, place)) }
                count &+= 1
                fieldStart = place &+ 1
                if WordScan.byte(base, fieldStart) == options.quote {
                    meetsQuote = true
                    break
                }
            }
            index = meetsQuote ? fieldStart : index &+ 8
            if index >= end {
                if !isFinal { return incomplete(start) }
                var fieldEnd = end
                if fieldEnd > fieldStart, WordScan.byte(base, fieldEnd &- 1) == 0x0D { fieldEnd &-= 1 }
                if count < room { (fields + count).initialize(to: CSVField(fieldStart, fieldEnd)) }
                return whole(
                    base, start, contentEnd: fieldEnd, end, isFinal: isFinal, fields: count &+ 1, wide: wide,
                    hasQuotedFields: hasQuotedFields)
            }
        }
    }

    /// A record whose content ends at `contentEnd`, where a line end or the end of the text is.
    @inline(__always)
    private func whole(
        _ base: UnsafeRawPointer, _ start: Int, contentEnd: Int, _ end: Int, isFinal: Bool, fields: Int,
        wide: UInt64, hasQuotedFields: Bool
    ) -> CSVRecord {
        if hasQuotedFields, let expectedFields, fields != expectedFields,
            memchr(base + start, 0x0A, contentEnd - start) != nil
        {
            return bad(base, start, end, isFinal: isFinal, fields: fields)
        }
        var next = contentEnd
        if next < end && WordScan.byte(base, next) == 0x0D { next &+= 1 }
        if next < end && WordScan.byte(base, next) == 0x0A { next &+= 1 }
        return CSVRecord(
            verdict: .whole, end: contentEnd, next: next, fieldCount: fields,
            hasWideBytes: wide & WordScan.highs != 0)
    }

    private func incomplete(_ start: Int) -> CSVRecord {
        CSVRecord(verdict: .incomplete, end: start, next: start, fieldCount: 0, hasWideBytes: false)
    }

    /// The first line is the bad record.
    private func bad(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, isFinal: Bool, fields: Int
    ) -> CSVRecord {
        let newline = memchr(base + start, 0x0A, end - start).map { UnsafeRawPointer($0) - base }
        if newline == nil && !isFinal { return incomplete(start) }
        let lineEnd = newline ?? end
        let hasReturn = lineEnd > start && WordScan.byte(base, lineEnd - 1) == 0x0D
        return CSVRecord(
            verdict: .badQuotes, end: hasReturn ? lineEnd - 1 : lineEnd, next: min(lineEnd + 1, end),
            fieldCount: fields, hasWideBytes: true)
    }

    /// The field whose opening quote is at `open`; without a field it is incomplete or faulty.
    private func quotedField(
        _ base: UnsafeRawPointer, record: Int, _ open: Int, _ end: Int, isFinal: Bool, wide: inout UInt64
    ) -> (field: CSVField?, next: Int, isIncomplete: Bool) {
        let limit = min(end, record &+ options.maximumRecordBytes)
        var index = open &+ 1
        var hasDoubledQuotes = false
        while true {
            while index < limit {
                let word = WordScan.load(base, index)
                wide |= word
                let marks = WordScan.matches(word, quotes)
                if marks != 0 {
                    index &+= WordScan.firstByte(marks)
                    break
                }
                index &+= 8
            }
            // Not closed before the text ends, or within the longest record.
            if index >= limit { return (nil, end, limit == end && !isFinal) }
            let close = index
            index &+= 1
            if index >= end {
                if !isFinal { return (nil, end, true) }
                return (
                    CSVField(open &+ 1, close, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes), end, false
                )
            }
            let byte = WordScan.byte(base, index)
            if byte == options.quote {
                hasDoubledQuotes = true
                index &+= 1
                continue
            }
            if byte == 0x0D {
                if index &+ 1 >= end && !isFinal { return (nil, end, true) }
                let isLineEnd = index &+ 1 >= end || WordScan.byte(base, index &+ 1) == 0x0A
                if !isLineEnd { return (nil, end, false) }
            } else if byte != options.delimiter && byte != 0x0A {
                return (nil, end, false)
            }
            return (
                CSVField(open &+ 1, close, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes), index, false
            )
        }
    }
}
