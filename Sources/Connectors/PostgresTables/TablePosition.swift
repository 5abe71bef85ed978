import Diagnostics
import Storage

/// How far a table's journal has been taken, and the table read with that.
struct TablePosition: Equatable, Sendable {
    /// The journal's file; 0 is none yet.
    var generation: Int64 = 0
    /// Behind the last block that was taken.
    var end = 0
    /// The number of the next change.
    var nextNumber: Int64 = 0
    var cursor = TableCursor()

    private static let version: UInt8 = 1

    var encoded: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(Self.version)
        encoder.add(generation)
        encoder.add(end)
        encoder.add(nextNumber)
        cursor.add(to: &encoder)
        return encoder.bytes
    }

    init() {}

    init(_ bytes: [UInt8]) throws(Diagnostic) {
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            guard try decoder.number(UInt8.self) == Self.version else { throw BinaryDecoder.Failure() }
            generation = try decoder.number(Int64.self)
            end = try decoder.size()
            nextNumber = try decoder.number(Int64.self)
            cursor = try TableCursor(&decoder)
            guard decoder.isAtEnd else { throw BinaryDecoder.Failure() }
        } catch {
            throw Diagnostic(
                .incompatibleVersion, "the checkpoint's position in a table's journal can't be read",
                hint: "it was written by another version: run that one, or start with a new state directory")
        }
    }

    mutating func take(_ range: TableRange) {
        generation = range.generation
        end = range.place.upperBound
        nextNumber = range.firstNumber + Int64(range.count)
        cursor = range.cursor
    }
}
