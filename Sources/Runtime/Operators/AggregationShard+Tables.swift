import Columnar
import Expressions
import State

// Groups of a table: rows leave their group when they change.
extension AggregationShard {
    func fold(_ changes: GroupedChanges, shard: Int) throws(StateError) {
        for (step, group) in changes.steps(of: shard) {
            switch step {
            case .leave(let row): try undo(changes, row, group)
            case .join(let row): try join(changes, row, group)
            case .stay(let row):
                try undo(changes, row, group)
                try join(changes, row, group)
            }
        }
    }

    private func undo(_ changes: GroupedChanges, _ row: Int32, _ group: Fingerprint) throws(StateError) {
        try enter(changes, row, group, keys: changes.old, isJoining: false)
        count(-1)
        for (aggregate, function) in functions.enumerated() {
            pointers.states[0] = scratch.states[0] + layout.stateOffsets[aggregate]
            function.undo(
                arguments(aggregate, changes.old), rows: scratch.rows, states: pointers.states, count: 1,
                blobs: store.blobs)
        }
    }

    private func join(_ changes: GroupedChanges, _ row: Int32, _ group: Fingerprint) throws(StateError) {
        try enter(changes, row, group, keys: changes.new, isJoining: true)
        count(1)
        for (aggregate, function) in functions.enumerated() {
            pointers.states[0] = scratch.states[0] + layout.stateOffsets[aggregate]
            function.update(
                arguments(aggregate, changes.new), rows: scratch.rows, states: pointers.states, count: 1,
                blobs: store.blobs)
        }
    }

    /// Leaves the group's state in `scratch.states[0]`, touched.
    private func enter(
        _ changes: GroupedChanges, _ row: Int32, _ group: Fingerprint, keys: [Column], isJoining: Bool
    ) throws(StateError) {
        scratch.reserve(1)
        pointers.reserve(1)
        var key = group
        var slot: UInt32 = 0
        var isNew: UInt8 = 0
        try store.findOrInsert(&key, count: 1, slots: &slot, isNew: &isNew)
        if isNew != 0 {
            let state = store.payload(of: slot)
            state.set(GroupLayout.eventTime, .min)
            setKey(of: state, Array(keys[..<plan.groupBy.count]), row: Int(row))
        }
        // A row leaves before it joins, wherever the two groups are kept.
        let sequence = changes.sequences.int64s[Int(row)] &* 2 &+ (isJoining ? 1 : 0)
        touch(slot, sequence: sequence, time: changes.times.int64s[Int(row)])
        scratch.rows[0] = row
        scratch.states[0] = store.payload(of: slot)
    }

    /// Notes that the group in `scratch.states[0]` has more rows or fewer.
    private func count(_ rows: Int64) {
        let state = scratch.states[0]
        state.set(GroupLayout.members, state.field(GroupLayout.members) + rows)
    }

    private func arguments(_ aggregate: Int, _ columns: [Column]) -> [Column] {
        var start = plan.groupBy.count
        for call in plan.aggregates[..<aggregate] { start += call.arguments.count }
        return Array(columns[start..<start + plan.aggregates[aggregate].arguments.count])
    }
}
