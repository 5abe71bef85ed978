import Columnar
import Expressions
import State

/// Where things stand in the state of one group (and window).
///
/// ```
///  0 sequence     number of the last record that changed it
///  8 eventTime    largest event time folded in
/// 16 windowStart  milliseconds; 0 without windows
/// 24 mark         round or epoch of the last touch, for collecting each group once; twice that, and 1 more
///                 when the last change left the row present downstream
/// 32 key          the encoded group key: its length and up to 15 bytes, or 255 and the blob below
/// 48 keyBlob      the key, where it is longer
/// 56 …            one state after another, behind
///      members      of a group of a table: how many rows are in it
///      windowEnd    of a session: the last event time, inclusive; other windows end where their size says
///      emittedStart bounds under which a session was last emitted
///      emittedEnd
/// ```
/// The store puts payloads at 8 modulo 16; states want an alignment of 16, so they stand at 8 modulo 16 too,
/// and the payload's size is such that the next entry's do.
struct GroupLayout {
    static let sequence = 0
    static let eventTime = 8
    static let windowStart = 16
    static let mark = 24
    static let key = 32
    static let keyBlob = 48
    static let members = 56
    static let windowEnd = 56
    static let emittedStart = 64
    static let emittedEnd = 72

    private static let inlineKeyBytes = 15
    private static let isInBlob: UInt8 = 255

    /// What a group is a group of, beside rows of a stream in windows of one size.
    enum Kind {
        case windows
        case sessions
        case rowsOfTable

        var stateStart: Int {
            switch self {
            case .windows: return 56
            case .sessions: return 88
            case .rowsOfTable: return 72
            }
        }
    }

    let stateOffsets: [Int]
    /// For each aggregate the reference to the set of the values that the group has seen, where it needs one.
    let setOffsets: [Int?]
    let payloadBytes: Int
    let blobOffsets: [Int]

    /// - Parameter keepsSets: whether distinct values are kept in the state, as a session's are, and not in a
    ///   store of their own.
    init(_ functions: [any AggregateFunction], _ kind: Kind, keepsSets: Bool) {
        var offset = kind.stateStart
        var offsets: [Int] = []
        var sets: [Int?] = []
        var blobs = [Self.keyBlob]
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

    // MARK: The key

    static func setKey(of state: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer, _ blobs: BlobHeap)
    {
        guard bytes.count > inlineKeyBytes else {
            (state + key).storeBytes(of: UInt8(bytes.count), as: UInt8.self)
            if let start = bytes.baseAddress {
                (state + key + 1).copyMemory(from: start, byteCount: bytes.count)
            }
            return
        }
        (state + key).storeBytes(of: isInBlob, as: UInt8.self)
        blobs.replace(at: state + keyBlob, with: bytes)
    }

    static func key(of state: UnsafeRawPointer, _ blobs: BlobHeap) -> UnsafeRawBufferPointer? {
        let length = (state + key).load(as: UInt8.self)
        if length == isInBlob { return blobs.bytes(at: state + keyBlob) }
        return UnsafeRawBufferPointer(start: state + key + 1, count: min(Int(length), inlineKeyBytes))
    }

    // MARK: Marks

    /// Whether the last change left the group's row present downstream.
    static func isEmitted(_ state: UnsafeRawPointer) -> Bool {
        state.load(fromByteOffset: mark, as: Int64.self) & 1 != 0
    }

    static func setEmitted(_ state: UnsafeMutableRawPointer, _ isEmitted: Bool) {
        state.set(mark, state.field(mark) & ~1 | (isEmitted ? 1 : 0))
    }
}

extension UnsafeMutableRawPointer {
    /// A field of a group's state.
    func field(_ offset: Int) -> Int64 { load(fromByteOffset: offset, as: Int64.self) }
    func set(_ offset: Int, _ value: Int64) { storeBytes(of: value, toByteOffset: offset, as: Int64.self) }
}
