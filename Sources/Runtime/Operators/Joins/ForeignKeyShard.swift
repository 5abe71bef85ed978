import Columnar
import Planning
import State

/// The right keys of one shard of a foreign-key join, with the left rows that name them.
///
/// ```
/// right key                 | blob: its row, absent without one        | how many left rows name it |
/// right key, number         | blob: left key's fingerprint, left row   |                            |
/// right key, left key       | no blob                                  | the left row's number      |
/// ```
final class ForeignKeyShard: @unchecked Sendable {
    private let layout: JoinedLayout
    private let store: KeyedStateStore
    private let emitsPerRecord: Bool
    private var codecs: [KeyCodec]
    private var result: JoinedChanges
    private let keepsLeft: Bool

    init(_ layout: JoinedLayout, store: KeyedStateStore, emitsPerRecord: Bool) {
        self.layout = layout
        self.store = store
        self.emitsPerRecord = emitsPerRecord
        keepsLeft = layout.plan.kind.keepsLeft
        codecs = [KeyCodec(types: layout.left.types), KeyCodec(types: layout.right.types)]
        result = JoinedChanges(layout)
    }

    func fold(
        _ steps: [ForeignKeyJoinOperator.Step], _ waiting: [TableSideRows], _ shard: Int
    ) throws(StateError) -> JoinedChanges {
        result = JoinedChanges(layout)
        let order = steps.indices.sorted { (steps[$0].ordinal, $0) < (steps[$1].ordinal, $1) }
        var next = 0
        for rows in waiting {
            if rows.side == .right {
                for row in rows.rows[shard] where rows.hasKey(Int(row)) { try changeRight(rows, Int(row)) }
                continue
            }
            while next < order.count, steps[order[next]].ordinal < rows.first + rows.changes.count {
                try take(steps[order[next]], waiting[steps[order[next]].change])
                next += 1
            }
        }
        try store.maintain()
        defer { result = JoinedChanges(layout) }
        return result
    }

    // MARK: Entries

    private func find(_ key: Fingerprint) throws(StateError) -> UInt32? {
        var key = key
        var slot: UInt32 = 0
        try store.find(&key, count: 1, slots: &slot)
        return slot == KeyedStateStore.none ? nil : slot
    }

    private func insert(_ key: Fingerprint) throws(StateError) -> UInt32 {
        var key = key
        var slot: UInt32 = 0
        var isNew: UInt8 = 0
        try store.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
        store.markChanged(slot)
        return slot
    }

    private func number(_ slot: UInt32) -> Int64 {
        store.payload(of: slot).load(fromByteOffset: 8, as: Int64.self)
    }

    private func set(_ number: Int64, _ slot: UInt32) {
        store.payload(of: slot).storeBytes(of: number, toByteOffset: 8, as: Int64.self)
        store.markChanged(slot)
    }

    private func blob(_ slot: UInt32) -> UnsafeRawBufferPointer? {
        store.blobs.bytes(at: store.payload(of: slot))
    }

    /// The left row behind the fingerprint of its key.
    private func leftRow(_ slot: UInt32) -> StoredRow? {
        blob(slot).flatMap { StoredRow(UnsafeRawBufferPointer(rebasing: $0[16...])) }
    }

    private func setLeftRow(_ own: Fingerprint, _ row: UnsafeRawBufferPointer, time: Int64, _ slot: UInt32) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(row.count + 24)
        withUnsafeBytes(of: own) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: time) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: row)
        bytes.withUnsafeBytes { store.blobs.replace(at: store.payload(of: slot), with: $0) }
        store.markChanged(slot)
    }

    // MARK: Changes of left rows

    private func take(
        _ step: ForeignKeyJoinOperator.Step, _ rows: TableSideRows
    ) throws(StateError) {
        let head = try insert(step.foreign)
        switch step.kind {
        case .delete, .leave: try leave(step, rows, head)
        case .join(let hadAnother): try join(step, rows, head, hadAnother: hadAnother)
        case .stay: try stay(step, rows, head)
        }
    }

    private func row(_ left: StoredRow?, _ right: StoredRow?, _ time: Int64) -> JoinedChanges.Row {
        JoinedChanges.Row(left: left?.bytes, right: right?.bytes, time: max(time, right?.time ?? .min))
    }

    private func leave(
        _ step: ForeignKeyJoinOperator.Step, _ rows: TableSideRows, _ head: UInt32
    ) throws(StateError) {
        guard let index = try find(step.foreign.combined(with: step.own)),
            let member = try find(step.foreign.combined(with: number(index))), let left = leftRow(member)
        else { return }
        let right = StoredRow(blob(head))
        let wasThere = right != nil || keepsLeft
        var isTold = wasThere
        if case .delete = step.kind, emitsPerRecord { isTold = true }
        if isTold {
            let time = rows.times.int64s[step.row]
            result.append(
                ordinal: step.ordinal, new: row(left, right, time), isPresent: false,
                old: wasThere ? row(left, right, left.time) : nil)
        }
        // The last one takes the place that is free.
        let place = number(index)
        let last = number(head) - 1
        if place != last, let moved = try find(step.foreign.combined(with: last)), let bytes = blob(moved) {
            let other = bytes.loadUnaligned(as: Fingerprint.self)
            store.blobs.replace(at: store.payload(of: member), with: bytes)
            store.markChanged(member)
            if let otherIndex = try find(step.foreign.combined(with: other)) { set(place, otherIndex) }
            store.remove(moved)
        } else {
            store.remove(member)
        }
        store.remove(index)
        set(last, head)
        if last == 0 && right == nil { store.remove(head) }
    }

    private func join(
        _ step: ForeignKeyJoinOperator.Step, _ rows: TableSideRows, _ head: UInt32, hadAnother: Bool
    ) throws(StateError) {
        let count = number(head)
        let member = try insert(step.foreign.combined(with: count))
        set(count, try insert(step.foreign.combined(with: step.own)))
        set(count + 1, head)
        let time = rows.times.int64s[step.row]
        let right = StoredRow(blob(head))
        codecs[0].encode(rows.stored, row: step.row) { bytes in
            setLeftRow(step.own, bytes, time: time, member)
            let isPresent = right != nil || keepsLeft
            guard isPresent || hadAnother && emitsPerRecord else { return }
            result.append(
                ordinal: step.ordinal, new: row(StoredRow(bytes: bytes, time: time), right, time),
                isPresent: isPresent, old: nil)
        }
    }

    private func stay(
        _ step: ForeignKeyJoinOperator.Step, _ rows: TableSideRows, _ head: UInt32
    ) throws(StateError) {
        guard let index = try find(step.foreign.combined(with: step.own)),
            let member = try find(step.foreign.combined(with: number(index))), let before = leftRow(member)
        else { return }
        let right = StoredRow(blob(head))
        let time = rows.times.int64s[step.row]
        codecs[0].encode(rows.stored, row: step.row) { bytes in
            if right != nil || keepsLeft {
                result.append(
                    ordinal: step.ordinal, new: row(StoredRow(bytes: bytes, time: time), right, time),
                    isPresent: true, old: row(before, right, before.time))
            }
            setLeftRow(step.own, bytes, time: time, member)
        }
    }

    // MARK: Changes of right rows

    private func changeRight(_ rows: TableSideRows, _ index: Int) throws(StateError) {
        let foreign = rows.fingerprints[index]
        let head = try insert(foreign)
        let isPresent = rows.changes.isPresent(index)
        let before = StoredRow(blob(head))
        let count = number(head)
        if before == nil && !isPresent {
            if count == 0 { store.remove(head) }
            return
        }
        let members = try members(foreign, count)
        let ordinal = rows.first + index
        let time = rows.times.int64s[index]
        codecs[1].encode(rows.stored, row: index) { bytes in
            let after = isPresent ? StoredRow(bytes: bytes, time: time) : nil
            for (minor, member) in members.enumerated() {
                guard let left = leftRow(member) else { continue }
                let wasThere = before != nil || keepsLeft
                result.append(
                    ordinal: ordinal, minor: minor, new: row(left, after, max(left.time, time)),
                    isPresent: isPresent || keepsLeft, old: wasThere ? row(left, before, left.time) : nil)
            }
            if isPresent { store.blobs.replace(at: store.payload(of: head), with: bytes, time: time) }
        }
        if isPresent { return }
        store.blobs.release(at: store.payload(of: head))
        if count == 0 { store.remove(head) }
    }

    /// The slots of all left rows that name a key.
    private func members(_ foreign: Fingerprint, _ count: Int64) throws(StateError) -> [UInt32] {
        guard count > 0 else { return [] }
        let keys = (0..<count).map { foreign.combined(with: $0) }
        var slots = [UInt32](repeating: 0, count: keys.count)
        try store.find(keys, count: keys.count, slots: &slots)
        slots.removeAll { $0 == KeyedStateStore.none }
        guard emitsPerRecord, slots.count > 1 else { return slots }
        let builders = layout.left.types.map { ColumnBuilder(type: $0, capacity: slots.count) }
        for slot in slots { KeyCodec.decode(leftRow(slot)?.bytes, into: builders) }
        let own = (0..<layout.plan.left.keyCount).compactMap { key in
            layout.left.targets.first { $0.position == layout.plan.leftStart + key }?.stored
        }
        let columns = own.map { builders[$0].finish() }
        return slots.indices.sorted { left, right in
            for column in columns {
                let (a, b) = (column.value(at: left), column.value(at: right))
                if a != b { return a.isBefore(b) }
            }
            return left < right
        }.map { slots[$0] }
    }
}

extension Value {
    /// An order of the values of one type: numbers by size, texts by their bytes, others by how they show.
    fileprivate func isBefore(_ other: Value) -> Bool {
        switch (self, other) {
        case (.integer(let a), .integer(let b)): return a < b
        case (.bigint(let a), .bigint(let b)): return a < b
        case (.double(let a), .double(let b)): return a < b
        case (.string(let a), .string(let b)): return a.utf8.lexicographicallyPrecedes(b.utf8)
        default: return "\(self)" < "\(other)"
        }
    }
}
