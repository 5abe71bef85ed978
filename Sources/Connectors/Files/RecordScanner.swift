import Columnar
import Formats

/// Finds the ends of records in bytes that come piece by piece.
struct RecordScanner {
    private enum Rule {
        case lines
        case csv(CSVOptions, fieldCount: Int?)
    }

    private var rule: Rule

    init(_ framing: Framing) {
        switch framing {
        case .lines: rule = .lines
        case .csv(let options, .header): rule = .csv(options, fieldCount: nil)
        case .csv(let options, .declared(let count)): rule = .csv(options, fieldCount: count)
        }
    }

    /// Takes note of the header's columns, which help to tell a stray quote from a text of several lines.
    ///
    /// Throws where the line is no header.
    mutating func useHeader(_ header: [UInt8]) throws(HeaderError) {
        guard case .csv(let options, _) = rule else { return }
        let decoder = CSVDecoder(fields: [], options: options)
        // Through a buffer: a closure over the array would lose the error's type.
        let line = UnsafeMutableRawBufferPointer.allocate(byteCount: header.count, alignment: 1)
        defer { line.deallocate() }
        line.copyBytes(from: header)
        try decoder.useHeader(UnsafeRawBufferPointer(line))
        rule = .csv(options, fieldCount: decoder.columnCount)
    }

    /// Scans the buffer up to `end`; `record` is where a record starts, up to `scanned` it has no end.
    ///
    /// Returns the place behind the last end of a record; with `stopsAtFirst` that of the first.
    func scan(
        _ buffer: Buffer, record: Int, scanned: Int, _ end: Int, stopsAtFirst: Bool
    ) -> Int? {
        switch rule {
        case .lines:
            let found =
                stopsAtFirst
                ? ByteSearch.first(ByteSearch.lineEnd, in: buffer.pointer, scanned, end)
                : ByteSearch.last(ByteSearch.lineEnd, in: buffer.pointer, scanned, end)
            return found.map { $0 + 1 }
        case .csv(let options, let fieldCount):
            let framing = RecordFraming(.csv(options, fieldCount: fieldCount))
            guard let last = Self.lastEnd(framing, buffer, record, end) else { return nil }
            return stopsAtFirst ? Self.firstEnd(framing, buffer, record, last) : last
        }
    }

    private static func lastEnd(_ framing: RecordFraming, _ buffer: Buffer, _ record: Int, _ end: Int) -> Int?
    {
        var framing = framing
        let found = framing.end(in: buffer, record..<end)
        return found > record ? found : nil
    }

    /// The shortest prefix that has a record: doubled until there is one, then halved down to it.
    private static func firstEnd(
        _ framing: RecordFraming, _ buffer: Buffer, _ record: Int, _ last: Int
    ) -> Int {
        var without = record
        var found = last
        var size = 256
        while record + size < found {
            if let end = lastEnd(framing, buffer, record, record + size) {
                found = end
                break
            }
            without = record + size
            size *= 2
        }
        while without + 1 < found {
            let middle = without + (found - without) / 2
            if let end = lastEnd(framing, buffer, record, middle) { found = end } else { without = middle }
        }
        return found
    }
}
