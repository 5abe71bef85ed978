import Diagnostics
import Storage

/// A block of a table's journal, and how far the table has been read with it.
struct TableRange: Sendable {
    /// The journal's file.
    let generation: Int64
    /// Bytes of the file.
    let place: Range<Int>
    /// The number of the block's first change.
    let firstNumber: Int64
    let count: Int
    let cursor: TableCursor
    let byteCount: Int

    private static let version: UInt8 = 1

    var encoded: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(Self.version)
        encoder.add(generation)
        encoder.add(place.lowerBound)
        encoder.add(place.upperBound)
        encoder.add(firstNumber)
        encoder.add(count)
        cursor.add(to: &encoder)
        return encoder.bytes
    }

    init(
        generation: Int64, place: Range<Int>, firstNumber: Int64, count: Int, cursor: TableCursor,
        byteCount: Int
    ) {
        self.generation = generation
        self.place = place
        self.firstNumber = firstNumber
        self.count = count
        self.cursor = cursor
        self.byteCount = byteCount
    }

    init(_ bytes: [UInt8], byteCount: Int) throws(Diagnostic) {
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            guard try decoder.number(UInt8.self) == Self.version else { throw BinaryDecoder.Failure() }
            generation = try decoder.number(Int64.self)
            let (from, to) = (try decoder.size(), try decoder.size())
            firstNumber = try decoder.number(Int64.self)
            count = try decoder.size()
            cursor = try TableCursor(&decoder)
            guard decoder.isAtEnd, from <= to else { throw BinaryDecoder.Failure() }
            place = from..<to
        } catch {
            throw Diagnostic(
                .incompatibleVersion, "a logged range of a table's journal can't be read",
                hint: "it was written by another version: run that one, or start with a new state directory")
        }
        self.byteCount = byteCount
    }
}
