import Columnar
import Planning
import State

/// The records of one shard of a stream join. Used by one thread at a time.
final class StreamJoinShard: @unchecked Sendable {
    private let layout: JoinedLayout
    private let plan: JoinPlan
    private let window: StreamJoinWindow
    /// By side: a key's records of one bucket of time.
    private let stores: [KeyedStateStore]
    /// Records of outer sides that found no partner, by key and time; each dies when its window has closed.
    private let unmatched: KeyedStateStore
    private var codecs: [KeyCodec]
    private var scratch = StateScratch()
    /// Milliseconds in a bucket.
    private let bucket: Int64

    private var encoded: [UInt8] = []
    private var found: [KeptRecord] = []
    /// By slot, for the round.
    private var parts: [Int: StreamJoinPart] = [:]
    private var expiredUpTo = Int64.min

    init(
        _ layout: JoinedLayout, _ window: StreamJoinWindow, stores: [KeyedStateStore],
        unmatched: KeyedStateStore
    ) {
        self.layout = layout
        plan = layout.plan
        self.window = window
        self.stores = stores
        self.unmatched = unmatched
        codecs = [KeyCodec(types: layout.left.types), KeyCodec(types: layout.right.types)]
        bucket = window.before &+ window.after &+ 1
    }

    private func keeps(_ side: JoinSide) -> Bool {
        side == .left ? plan.kind.keepsLeft : plan.kind.keepsRight
    }

    /// How far before and behind a record of a side its partners lie.
    private func reach(_ side: JoinSide) -> (before: Int64, after: Int64) {
        side == .left ? (window.before, window.after) : (window.after, window.before)
    }

    func process(_ round: StreamJoinRound, _ shard: Int) throws(StateError) -> [Int: StreamJoinPart] {
        parts = [:]
        expiredUpTo = .min
        if round.isMixed {
            try processMixed(round, shard)
        } else {
            for deposit in round.deposits {
                let range = deposit.rows.range(of: shard)
                guard !range.isEmpty else { continue }
                try process(
                    deposit, deposit.rows.rows + range.lowerBound,
                    deposit.rows.fingerprints + range.lowerBound, range.count, round)
            }
        }
        try expire(upTo: round.time, round)
        for side in JoinSide.allCases {
            let store = stores[side.rawValue]
            if round.times[side.rawValue] > .min { store.retire(upTo: round.times[side.rawValue]) }
            try store.maintain()
        }
        try unmatched.maintain()
        defer { parts = [:] }
        return parts
    }

    /// Rows of both sides that came of the same source: one after another, as their records did.
    private func processMixed(_ round: StreamJoinRound, _ shard: Int) throws(StateError) {
        var rows: [(deposit: StreamJoinRows, index: Int, order: Int64)] = []
        for deposit in round.deposits {
            for index in deposit.rows.range(of: shard) {
                rows.append((deposit, index, deposit.rows.batch.order(of: Int(deposit.rows.rows[index]))))
            }
        }
        let order = rows.indices.sorted { left, right in
            (rows[left].order, rows[left].deposit.side.rawValue, left)
                < (rows[right].order, rows[right].deposit.side.rawValue, right)
        }
        for number in order {
            let (deposit, index, _) = rows[number]
            try process(
                deposit, deposit.rows.rows + index, deposit.rows.fingerprints + index, 1, round)
        }
    }

    // MARK: Rows of one side

    private func process(
        _ deposit: StreamJoinRows, _ rows: UnsafePointer<Int32>, _ prints: UnsafePointer<Fingerprint>,
        _ count: Int, _ round: StreamJoinRound
    ) throws(StateError) {
        let starts = encode(deposit, rows, count)
        let other = stores[deposit.side.other.rawValue]
        let times = deposit.rows.batch.eventTimes.int64s
        let (before, after) = reach(deposit.side)
        scratch.reserve(2 * count)
        for index in 0..<count {
            let time = times[Int(rows[index])]
            let first = Civil.floorDivide(time &- before, bucket)
            let last = Civil.floorDivide(time &+ after, bucket)
            scratch.fingerprints[2 * index] = prints[index].combined(with: first)
            scratch.fingerprints[2 * index + 1] = prints[index].combined(with: last)
            scratch.starts[2 * index] = first == last ? 0 : 1
        }
        try other.find(scratch.fingerprints, count: 2 * count, slots: scratch.slots)
        for index in 0..<count {
            let row = Int(rows[index])
            let mark = deposit[row]
            if window.waitsForClose { try expire(upTo: mark.time, round) }
            found.removeAll(keepingCapacity: true)
            if deposit.hasKey(row) {
                let oldest = mark.other == .min ? .min : mark.other &- window.retention
                let (first, last) = (max(times[row] &- before, oldest &+ 1), times[row] &+ after)
                collect(other, scratch.slots[2 * index], from: first, to: last)
                if scratch.starts[2 * index] == 1 {
                    collect(other, scratch.slots[2 * index + 1], from: first, to: last)
                }
                sortFound()
            }
            let record = starts[index]..<(index + 1 < count ? starts[index + 1] : encoded.count)
            try meet(deposit, row, prints[index], mark, record)
        }
        try keep(deposit, rows, prints, count, starts)
    }

    /// Encodes the rows as records, one behind the other; returns where each starts.
    private func encode(_ deposit: StreamJoinRows, _ rows: UnsafePointer<Int32>, _ count: Int) -> [Int] {
        encoded.removeAll(keepingCapacity: true)
        let batch = deposit.rows.batch
        let times = batch.eventTimes.int64s
        var starts: [Int] = []
        starts.reserveCapacity(count)
        for index in 0..<count {
            let row = Int(rows[index])
            starts.append(encoded.count)
            codecs[deposit.side.rawValue].encode(deposit.rows.columns, row: row) { bytes in
                KeptRecord.append(
                    bytes, time: times[row], sequence: batch.sequence(of: row), to: &encoded)
            }
        }
        return starts
    }

    private func collect(_ store: KeyedStateStore, _ slot: UInt32, from first: Int64, to last: Int64) {
        guard slot != KeyedStateStore.none,
            let blob = store.blobs.bytes(at: store.payload(of: slot))
        else { return }
        KeptRecord.forEach(in: blob) { record in
            if first <= record.time && record.time <= last { found.append(record) }
        }
    }

    /// By time; those of one time as they came.
    private func sortFound() {
        guard found.count > 1 else { return }
        let isSorted = zip(found, found.dropFirst()).allSatisfy { $0.time <= $1.time }
        guard !isSorted else { return }
        found = found.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }.map(\.element)
    }

    /// Joins a row with the partners found, or leaves it alone.
    private func meet(
        _ deposit: StreamJoinRows, _ row: Int, _ print: Fingerprint, _ mark: StreamJoinRows.Mark,
        _ range: Range<Int>
    ) throws(StateError) {
        let side = deposit.side
        let time = deposit.rows.batch.eventTimes.int64s[row]
        if found.isEmpty && !keeps(side) { return }
        let place = StreamJoinPart.Place(
            order: deposit.rows.batch.order(of: row), side: side, watermark: mark.watermark, closed: nil)
        if !found.isEmpty || !deposit.hasKey(row) || !window.waitsForClose
            || time &+ reach(side).after < mark.time
        {
            encoded.withUnsafeBytes { all in
                let own = KeptRecord.values(of: UnsafeRawBufferPointer(rebasing: all[range]))
                let part = part(deposit.slot)
                for partner in found {
                    let (left, right) = side == .left ? (own, partner.values) : (partner.values, own)
                    part.append(place, left: left, right: right, time: max(time, partner.time))
                }
                if found.isEmpty {
                    part.append(
                        place, left: side == .left ? own : nil, right: side == .right ? own : nil, time: time)
                }
            }
            if window.waitsForClose && keeps(side.other) {
                for partner in found { try forget(print, partner.time, side.other) }
            }
            return
        }
        try wait(print, time, side, range)
    }

    private func part(_ slot: Int) -> StreamJoinPart {
        if let part = parts[slot] { return part }
        let part = StreamJoinPart(layout)
        parts[slot] = part
        return part
    }

    /// Keeps the rows for those of the other side that are to come.
    private func keep(
        _ deposit: StreamJoinRows, _ rows: UnsafePointer<Int32>, _ prints: UnsafePointer<Fingerprint>,
        _ count: Int, _ starts: [Int]
    ) throws(StateError) {
        let store = stores[deposit.side.rawValue]
        let times = deposit.rows.batch.eventTimes.int64s
        var kept: [Int] = []
        kept.reserveCapacity(count)
        for index in 0..<count {
            let row = Int(rows[index])
            let time = times[row]
            // Too old for its own side: nobody would find it.
            guard deposit.hasKey(row), time > deposit[row].own &- window.retention else { continue }
            let number = Civil.floorDivide(time, bucket)
            scratch.fingerprints[kept.count] = prints[index].combined(with: number)
            scratch.starts[kept.count] = number
            kept.append(index)
        }
        guard !kept.isEmpty else { return }
        try store.findOrInsert(
            scratch.fingerprints, count: kept.count, slots: scratch.slots, isNew: scratch.isNew)
        encoded.withUnsafeBytes { all in
            for (position, index) in kept.enumerated() {
                let slot = scratch.slots[position]
                let end = index + 1 < count ? starts[index + 1] : all.count
                store.blobs.append(
                    at: store.payload(of: slot), UnsafeRawBufferPointer(rebasing: all[starts[index]..<end]))
                if scratch.isNew[position] != 0 {
                    let last = (scratch.starts[position] &+ 1) &* bucket &- 1
                    store.setExpiry(last &+ window.retention, of: slot)
                } else {
                    store.markChanged(slot)
                }
            }
        }
    }

    // MARK: Records without a partner

    private func unmatchedKey(_ print: Fingerprint, _ time: Int64, _ side: JoinSide) -> Fingerprint {
        print.combined(with: time).combined(with: Int64(side.rawValue))
    }

    private func wait(
        _ print: Fingerprint, _ time: Int64, _ side: JoinSide, _ range: Range<Int>
    ) throws(StateError) {
        var key = unmatchedKey(print, time, side)
        var slot: UInt32 = 0
        var isNew: UInt8 = 0
        try unmatched.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
        let state = unmatched.payload(of: slot)
        encoded.withUnsafeBytes { all in
            unmatched.blobs.append(at: state, UnsafeRawBufferPointer(rebasing: all[range]))
        }
        if isNew != 0 {
            state.storeBytes(of: Int64(side.rawValue), toByteOffset: 8, as: Int64.self)
            unmatched.setExpiry(time &+ reach(side).after &+ window.grace &+ 1, of: slot)
        } else {
            unmatched.markChanged(slot)
        }
    }

    /// A record has found a partner.
    private func forget(_ print: Fingerprint, _ time: Int64, _ side: JoinSide) throws(StateError) {
        var key = unmatchedKey(print, time, side)
        var slot: UInt32 = 0
        try unmatched.find(&key, count: 1, slots: &slot)
        if slot != KeyedStateStore.none { unmatched.remove(slot) }
    }

    /// Gives the records whose windows have closed, each by the record that closed it.
    private func expire(upTo time: Int64, _ round: StreamJoinRound) throws(StateError) {
        guard window.waitsForClose, time > expiredUpTo else { return }
        expiredUpTo = time
        let capacity = 256
        var slots = [UInt32](repeating: 0, count: capacity)
        while true {
            let count = try unmatched.takeExpired(upTo: time, into: &slots, capacity: capacity)
            if count == 0 { return }
            for slot in slots[..<count] {
                let state = unmatched.payload(of: slot)
                guard let by = round.advance(reaching: unmatched.expiry(of: slot)),
                    let side = JoinSide(rawValue: Int(state.load(fromByteOffset: 8, as: Int64.self))),
                    let blob = unmatched.blobs.bytes(at: state)
                else { continue }
                let part = part(by.slot)
                KeptRecord.forEach(in: blob) { record in
                    let closed = StreamJoinPart.Place.Closed(
                        time: record.time, side: side, sequence: record.sequence)
                    part.append(
                        StreamJoinPart.Place(
                            order: by.order, side: by.side, watermark: by.watermark, closed: closed),
                        left: side == .left ? record.values : nil,
                        right: side == .right ? record.values : nil, time: record.time)
                }
            }
        }
    }
}
