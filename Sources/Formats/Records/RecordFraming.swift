import Columnar
import Glibc

/// Finds where whole records end in bytes that arrive piece by piece.
///
/// Keep what lies behind the returned end, add the bytes that follow, and ask again from there: what was
/// looked at is not looked at again where lines are concerned. The ends are the same however the bytes are
/// cut into pieces, and the decoders agree with them.
public struct RecordFraming: Sendable {
    /// What ends a record.
    public enum Rule: Sendable {
        /// A record ends with its line: JSON, LINES.
        case lines
        /// A newline in quotes does not end a record. The number of fields, where it is known, helps to tell
        /// an unbalanced quote from a text of several lines.
        case csv(CSVOptions, fieldCount: Int?)
    }

    public let rule: Rule
    /// Bytes from the start of the pending record that hold no line end.
    private var searched = 0

    public init(_ rule: Rule) { self.rule = rule }

    /// Behind the last whole record in `range`, whose start is the start of a record; its lower bound if
    /// there is none.
    ///
    /// - Parameter isFinal: nothing comes behind the range, so that its last record needs no line end.
    public mutating func end(in buffer: Buffer, _ range: Range<Int>, isFinal: Bool = false) -> Int {
        precondition(range.upperBound <= buffer.capacity, "the range is in the buffer")
        if isFinal {
            searched = 0
            return range.upperBound
        }
        let base = UnsafeRawPointer(buffer.pointer)
        guard case .csv(let options, let fieldCount) = rule else { return lastLine(base, range) }
        // Without a quote in sight, records are lines; a pending record that has one begins at the lower
        // bound.
        if memchr(base + range.lowerBound, Int32(options.quote), range.count) == nil {
            return lastLine(base, range)
        }
        let scanner = CSVScanner(options, expectedFields: fieldCount)
        return withUnsafeTemporaryAllocation(of: CSVField.self, capacity: 1) { room in
            guard let fields = room.baseAddress else { return range.lowerBound }
            var position = range.lowerBound
            while position < range.upperBound {
                let record = scanner.scan(
                    base, position, range.upperBound, isFinal: false, into: fields, room: 0)
                if record.verdict == .incomplete { break }
                position = record.next
            }
            searched = 0
            return position
        }
    }

    private mutating func lastLine(_ base: UnsafeRawPointer, _ range: Range<Int>) -> Int {
        let start = min(range.lowerBound + searched, range.upperBound)
        guard let newline = WordScan.last(0x0A, base, start, range.upperBound) else {
            searched = range.count
            return range.lowerBound
        }
        searched = 0
        return newline + 1
    }

    /// The start of the record after the one that `position` lies in, by lines: for splitting a range among
    /// threads.
    ///
    /// The range's end if there is none.
    public static func nextLine(in buffer: Buffer, _ range: Range<Int>, after position: Int) -> Int {
        precondition(range.upperBound <= buffer.capacity, "the range is in the buffer")
        guard position > range.lowerBound else { return range.lowerBound }
        guard position < range.upperBound else { return range.upperBound }
        let base = UnsafeRawPointer(buffer.pointer)
        // A position right behind a line end is a start itself.
        guard let newline = memchr(base + position - 1, 0x0A, range.upperBound - position + 1) else {
            return range.upperBound
        }
        return UnsafeRawPointer(newline) - base + 1
    }

    /// How many newlines there are, at memory speed.
    public static func newlines(in bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let pattern = SIMD32<UInt8>(repeating: 0x0A)
        let one = SIMD32<UInt8>(repeating: 1)
        var total = 0
        var index = 0
        while index + 32 <= bytes.count {
            // A lane counts to 255 before it is emptied.
            let rounds = min((bytes.count - index) / 32, 255)
            var lanes = SIMD32<UInt8>()
            for _ in 0..<rounds {
                let chunk = (base + index).loadUnaligned(as: SIMD32<UInt8>.self)
                lanes = lanes &+ SIMD32<UInt8>().replacing(with: one, where: chunk .== pattern)
                index &+= 32
            }
            let wide = SIMD32<UInt16>(truncatingIfNeeded: lanes)
            total &+= Int(wide.wrappedSum())
        }
        while index < bytes.count {
            if WordScan.byte(base, index) == 0x0A { total &+= 1 }
            index &+= 1
        }
        return total
    }
}
