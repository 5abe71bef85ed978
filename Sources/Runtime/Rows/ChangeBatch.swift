import Columnar
import Planning

/// Changes of a table, one for each key that changed, or one for each record with `emit.per.record`.
///
/// `new` and `old` have the relation's layout: its columns, then the pseudo-columns (ROWTIME and the window's
/// bounds are there, the others absent). Key columns and bounds are set in both whether the row is present or
/// not.
///
/// | old | new | the change is |
/// |---|---|---|
/// | absent | present | an insertion |
/// | present | present | an update |
/// | present | absent | a deletion: a tombstone in a topic |
public struct ChangeBatch: Sendable {
    public let relation: Relation
    public let count: Int
    public let new: [Column]
    /// Rows that exist after the change; nil is all.
    public let newPresence: Bitmap?
    /// nil when nobody downstream asks for old values.
    public let old: [Column]?
    /// Rows that existed before the change; nil is all.
    public let oldPresence: Bitmap?
    /// BIGINT: the number of the source record that made the change; ascending.
    public let sequences: Column
    /// What each change's message passes on, read by `messageHeaders`; nil where none has any.
    public var headers: Column?

    public init(
        relation: Relation, count: Int, new: [Column], newPresence: Bitmap?, old: [Column]?,
        oldPresence: Bitmap?, sequences: Column, headers: Column? = nil
    ) {
        self.relation = relation
        self.count = count
        self.new = new
        self.newPresence = newPresence
        self.old = old
        self.oldPresence = oldPresence
        self.sequences = sequences
        self.headers = headers
    }

    public func isPresent(_ row: Int) -> Bool { newPresence.map { $0[row] } ?? true }
    public func wasPresent(_ row: Int) -> Bool { oldPresence.map { $0[row] } ?? true }

    public func gather(_ selection: Selection) -> ChangeBatch {
        func taken(_ columns: [Column]) -> [Column] {
            columns.map { $0.count == count ? $0.gather(selection) : $0 }
        }
        func taken(_ bits: Bitmap?) -> Bitmap? {
            bits.map { $0.gathered(by: selection) }
        }
        return ChangeBatch(
            relation: relation, count: selection.count, new: taken(new), newPresence: taken(newPresence),
            old: old.map(taken), oldPresence: taken(oldPresence), sequences: sequences.gather(selection),
            headers: headers?.gather(selection))
    }

    /// All changes of `parts`, one after another. The parts are at least one and have old values all or none.
    static func concatenate(_ parts: [ChangeBatch]) -> ChangeBatch {
        if parts.count == 1 { return parts[0] }
        let count = parts.reduce(0) { $0 + $1.count }
        func joined(_ columns: (ChangeBatch) -> [Column]) -> [Column] {
            columns(parts[0]).indices.map { index in
                let pieces = parts.map { columns($0)[index] }
                return zip(pieces, parts).allSatisfy { $0.count == $1.count }
                    ? Column.concatenate(pieces) : RowBatch.absent
            }
        }
        func joined(_ bits: (ChangeBatch) -> Bitmap?) -> Bitmap? {
            guard parts.contains(where: { bits($0) != nil }) else { return nil }
            return Column.concatenate(
                parts.map {
                    .booleans(bits($0) ?? Bitmap(repeating: true, count: $0.count))
                }
            ).booleans
        }
        return ChangeBatch(
            relation: parts[0].relation, count: count, new: joined { $0.new },
            newPresence: joined { $0.newPresence },
            old: parts[0].old == nil ? nil : joined { $0.old ?? [] },
            oldPresence: joined { $0.oldPresence }, sequences: Column.concatenate(parts.map(\.sequences)),
            headers: headers(parts))
    }

    private static func headers(_ parts: [ChangeBatch]) -> Column? {
        guard let type = parts.lazy.compactMap({ $0.headers?.type }).first else { return nil }
        return Column.concatenate(parts.map { $0.headers ?? .nulls(type, count: $0.count) })
    }

    /// The changes in the order of the records that made them.
    func sortedBySequence() -> ChangeBatch {
        var order = Array(0..<Int32(count))
        let numbers = sequences.int64s
        // Stable: changes of one record keep their order.
        order.sort { numbers[Int($0)] != numbers[Int($1)] ? numbers[Int($0)] < numbers[Int($1)] : $0 < $1 }
        return gather(Selection(order))
    }

    /// Windows that have closed together as Kafka Streams emits them: by their end, then by the bytes of
    /// their keys. Numbers stay ascending.
    func sortedByWindow() -> ChangeBatch {
        let ends = new[relation.position(of: .windowEnd)].int64s
        let starts = new[relation.position(of: .windowStart)].int64s
        let keys = (0..<count).map { row in
            new[..<relation.keyCount].flatMap { Self.bytes(of: $0.value(at: row)) }
        }
        let order = (0..<count).sorted { left, right in
            if ends[left] != ends[right] { return ends[left] < ends[right] }
            if keys[left] != keys[right] { return keys[left].lexicographicallyPrecedes(keys[right]) }
            return (starts[left], left) < (starts[right], right)
        }
        let sorted = gather(Selection(order.map { Int32(truncatingIfNeeded: $0) }))
        return ChangeBatch(
            relation: relation, count: count, new: sorted.new, newPresence: sorted.newPresence,
            old: sorted.old, oldPresence: sorted.oldPresence,
            sequences: .bigints((0..<count).map { sequences.int64s[$0] }.sorted()), headers: sorted.headers)
    }

    /// A key in the order of its bytes, numbers big-endian.
    private static func bytes(of key: Value) -> [UInt8] {
        func bytes(_ bits: UInt64, _ count: UInt64) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: bits >> (8 * (count - 1 - $0))) }
        }
        switch key {
        case .integer(let value): return bytes(UInt64(UInt32(bitPattern: value)), 4)
        case .bigint(let value): return bytes(UInt64(bitPattern: value), 8)
        case .double(let value): return bytes(value.bitPattern, 8)
        case .string(let text): return Array(text.utf8)
        case .bytes(let value): return value
        default: return Array("\(key)".utf8)
        }
    }

    /// Of several changes of one key only the last, in the order of those.
    ///
    /// `parts` are at least one, and of one relation.
    public static func lastOfEachKey(_ parts: [ChangeBatch]) -> ChangeBatch {
        let all = concatenate(parts)
        var keys = Array(all.new[..<all.relation.keyCount])
        if all.relation.windowing != nil {
            keys.append(all.new[all.relation.position(of: .windowStart)])
            keys.append(all.new[all.relation.position(of: .windowEnd)])
        }
        var prints = [Fingerprint](repeating: Fingerprint(low: 0, high: 0), count: all.count)
        let seed = Fingerprint(low: 0x6C61_7374, high: 0x6368_616E)
        prints.withUnsafeMutableBufferPointer { out in
            guard let base = out.baseAddress else { return }
            KeyHash.fingerprints(of: keys, count: all.count, seed: seed, into: base)
        }
        var seen = Set<Fingerprint>(minimumCapacity: all.count)
        var kept: [Int32] = []
        for row in (0..<all.count).reversed() where seen.insert(prints[row]).inserted {
            kept.append(Int32(row))
        }
        return all.gather(Selection(kept.reversed()))
    }
}
