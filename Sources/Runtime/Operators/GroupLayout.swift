import Expressions
import State

/// Where things stand in the state of one group (and window).
///
/// ```
///  0 sequence     number of the last record that changed it
///  8 eventTime    largest event time folded in
/// 16 windowStart  milliseconds; 0 without windows
/// 24 windowEnd    exclusive; of a session the last event time, inclusive
/// 32 mark         round or epoch of the last touch, for collecting each group once
/// 40 key          blob: the encoded group key
/// 48 emitted      1 when the last change left the row present downstream
/// 56 emittedStart bounds under which a session was last emitted
/// 64 emittedEnd
/// 56 members      of a group of a table: how many rows are in it
/// 72 aggregates   one state after another
/// ```
/// The store puts payloads at 8 modulo 16; states want an alignment of 16, so they stand at 8 modulo 16 too,
/// and the payload's size is such that the next entry's do.
struct GroupLayout {
    static let sequence = 0
    static let eventTime = 8
    static let windowStart = 16
    static let windowEnd = 24
    static let mark = 32
    static let key = 40
    static let emitted = 48
    static let emittedStart = 56
    static let emittedEnd = 64
    static let members = 56
    static let aggregates = 72

    let stateOffsets: [Int]
    /// For each aggregate the reference to the set of the values that a session has seen, where it needs one.
    let setOffsets: [Int?]
    let payloadBytes: Int
    let blobOffsets: [Int]

    /// - Parameter keepsSets: distinct values are kept in the group's state and not in a store of their own.
    init(_ functions: [any AggregateFunction], keepsSets: Bool) {
        var offset = Self.aggregates
        var offsets: [Int] = []
        var sets: [Int?] = []
        var blobs = [Self.key]
        for function in functions {
            offsets.append(offset)
            blobs.append(contentsOf: function.blobOffsets.map { $0 + offset })
            offset += (function.stateBytes + 15) / 16 * 16
            sets.append(keepsSets && function.countsDistinct ? offset : nil)
            guard keepsSets, function.countsDistinct else { continue }
            blobs.append(offset)
            offset += 16
        }
        setOffsets = sets
        stateOffsets = offsets
        payloadBytes = offset
        blobOffsets = blobs
    }
}

extension UnsafeMutableRawPointer {
    /// A field of a group's state.
    func field(_ offset: Int) -> Int64 { load(fromByteOffset: offset, as: Int64.self) }
    func set(_ offset: Int, _ value: Int64) { storeBytes(of: value, toByteOffset: offset, as: Int64.self) }
}
