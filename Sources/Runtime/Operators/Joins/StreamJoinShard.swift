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
    /// By side: records of an outer side that found no partner, by key and time; each dies when its window
    /// has closed.
    let unmatched: [KeyedStateStore]
    private let time: StreamJoinTime
    private var codecs: [KeyCodec]
    private var scratch = StateScratch()
    /// Milliseconds in a bucket.
    private let bucket: Int64

    private var encoded: [UInt8] = []
    private var found: [KeptRecord] = []
    /// By slot, for the round.
    private var parts: [Int: StreamJoinPart] = [:]
    private var expiredUpTo: [Int64] = [.min, .min]

    init(
        _ layout: JoinedLayout, _ time: StreamJoinTime, stores: [KeyedStateStore],
        unmatched: [KeyedStateStore]
    ) {
        self.layout = layout
        plan = layout.plan
        self.time = time
        window = time.window
        self.stores = stores
        self.unmatched = unmatched
        codecs = [KeyCodec(types: layout.left.types), KeyCodec(types: layout.right.types)]
        bucket = window.before &+ window.after &+ 1
    }

    private func keeps(_ side: JoinSide) -> Bool {
        side == .left ? plan.kind.keepsLeft : plan.kind.keepsRight
    }

    func process(_ round: StreamJoinRound, _ shard: Int) throws(StateError) -> [Int: StreamJoinPart] {
        parts = [:]
        expiredUpTo = [.min, .min]
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
        for side in JoinSide.allCases {
            try expire(side, upTo: round.clocks[side.rawValue], round)
            let store = stores[side.rawValue]
            let forgotten = round.forgotten[side.rawValue]
            if forgotten > .min { store.retire(upTo: forgotten) }
            try store.maintain()
            try unmatched[side.rawValue].maintain()
        }
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
        let (before, after) = time.reach(deposit.side)
        scratch.reserve(2 * count)
        for index in 0..<count {
            let eventTime = times[Int(rows[index])]
            let first = Civil.floorDivide(eventTime &- before, bucket)
            let last = Civil.floorDivide(eventTime &+ after, bucket)
            scratch.fingerprints[2 * index] = prints[index].combined(with: first)
            scratch.fingerprints[2 * index + 1] = prints[index].combined(with: last)
            scratch.starts[2 * index] = first == last ? 0 : 1
        }
        try other.find(scratch.fingerprints, count: 2 * count, slots: scratch.slots)
        for index in 0..<count {
            let row = Int(rows[index])
            let mark = deposit[row]
            for side in JoinSide.allCases { try expire(side, upTo: mark.clock(side), round) }
            if mark.isLate { continue }
            found.removeAll(keepingCapacity: true)
            if deposit.hasKey(row) {
                let range = (first: times[row] &- before, last: times[row] &+ after)
                collect(other, scratch.slots[2 * index], range, times[row], mark, deposit.side)
                if scratch.starts[2 * index] == 1 {
                    collect(other, scratch.slots[2 * index + 1], range, times[row], mark, deposit.side)
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
                    bytes, time: times[row], sequence: batch.sequence(of: row),
                    watermark: deposit[row].reached, to: &encoded)
            }
        }
        return starts
    }

    /// Finds the partners of a record of `side` in a bucket.
    private func collect(
        _ store: KeyedStateStore, _ slot: UInt32, _ range: (first: Int64, last: Int64), _ eventTime: Int64,
        _ mark: StreamJoinRows.Mark, _ side: JoinSide
    ) {
        guard slot != KeyedStateStore.none,
            let blob = store.blobs.bytes(at: store.payload(of: slot))
        else { return }
        KeptRecord.forEach(in: blob) { record in
            guard range.first <= record.time, record.time <= range.last else { return }
            switch time.rule {
            case .watermarks:
                guard time.isInTime(mark.reached, for: record.time, of: side.other),
                    time.isInTime(record.watermark, for: eventTime, of: side)
                else { return }
            case .streamTime:
                guard time.forgetting(record.time, side.other) > mark.other else { return }
            }
            found.append(record)
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
        let eventTime = deposit.rows.batch.eventTimes.int64s[row]
        if found.isEmpty && !keeps(side) { return }
        let place = StreamJoinPart.Place(
            order: deposit.rows.batch.order(of: row), side: side, watermark: mark.watermark, closed: nil)
        if !found.isEmpty || !deposit.hasKey(row) || !window.waitsForClose
            || time.isOver(eventTime, side, clock: mark.clock(side))
        {
            encoded.withUnsafeBytes { all in
                let own = KeptRecord.values(of: UnsafeRawBufferPointer(rebasing: all[range]))
                let part = part(deposit.slot)
                for partner in found {
                    let (left, right) = side == .left ? (own, partner.values) : (partner.values, own)
                    part.append(place, left: left, right: right, time: max(eventTime, partner.time))
                }
                if found.isEmpty {
                    part.append(
                        place, left: side == .left ? own : nil, right: side == .right ? own : nil,
                        time: eventTime)
                }
            }
            if window.waitsForClose && keeps(side.other) {
                for partner in found { try forget(print, partner.time, side.other) }
            }
            return
        }
        try wait(print, eventTime, side, range)
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
            guard deposit[row].isKept else { continue }
            let number = Civil.floorDivide(times[row], bucket)
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
                    store.setExpiry(time.forgetting(last, deposit.side), of: slot)
                } else {
                    store.markChanged(slot)
                }
            }
        }
    }

    // MARK: Records without a partner

    private func wait(
        _ print: Fingerprint, _ eventTime: Int64, _ side: JoinSide, _ range: Range<Int>
    ) throws(StateError) {
        let store = unmatched[side.rawValue]
        var key = print.combined(with: eventTime)
        var slot: UInt32 = 0
        var isNew: UInt8 = 0
        try store.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
        encoded.withUnsafeBytes { all in
            store.blobs.append(
                at: store.payload(of: slot), UnsafeRawBufferPointer(rebasing: all[range]))
        }
        if isNew != 0 {
            store.setExpiry(time.closing(eventTime, side), of: slot)
        } else {
            store.markChanged(slot)
        }
    }

    /// A record has found a partner.
    private func forget(_ print: Fingerprint, _ eventTime: Int64, _ side: JoinSide) throws(StateError) {
        var key = print.combined(with: eventTime)
        var slot: UInt32 = 0
        try unmatched[side.rawValue].find(&key, count: 1, slots: &slot)
        if slot != KeyedStateStore.none { unmatched[side.rawValue].remove(slot) }
    }

    /// Gives a side's records whose windows have closed, each by the record that closed it.
    private func expire(
        _ side: JoinSide, upTo clock: Int64, _ round: StreamJoinRound
    ) throws(StateError) {
        guard window.waitsForClose, keeps(side), clock > expiredUpTo[side.rawValue] else { return }
        expiredUpTo[side.rawValue] = clock
        let store = unmatched[side.rawValue]
        let capacity = 256
        var slots = [UInt32](repeating: 0, count: capacity)
        while true {
            let count = try store.takeExpired(upTo: clock, into: &slots, capacity: capacity)
            if count == 0 { return }
            for slot in slots[..<count] {
                guard let by = round.advance(side, reaching: store.expiry(of: slot)),
                    let blob = store.blobs.bytes(at: store.payload(of: slot))
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
