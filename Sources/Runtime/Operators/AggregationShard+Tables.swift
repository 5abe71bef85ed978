import Columnar
import Expressions
import State

// Groups of a table: rows leave their group when they change.
extension AggregationShard {
    func fold(_ changes: GroupedChanges, shard: Int) throws(StateError) {
        let steps = changes.steps(of: shard)
        let slots = try enter(changes, steps)
        scratch.reserve(1)
        pointers.reserve(1)
        for (index, entry) in steps.enumerated() {
            scratch.states[0] = store.payload(of: slots[index])
            switch entry.step {
            case .leave(let row): leave(changes, row)
            case .join(let row): join(changes, row)
            case .stay(let row):
                leave(changes, row)
                join(changes, row)
            }
        }
    }

    /// Finds or makes the group of each step, and captures what the groups were before any step is taken.
    private func enter(
        _ changes: GroupedChanges, _ steps: [(step: GroupedChanges.Step, group: Fingerprint)]
    ) throws(StateError) -> [UInt32] {
        scratch.reserve(steps.count)
        for (index, entry) in steps.enumerated() { scratch.fingerprints[index] = entry.group }
        try store.findOrInsert(
            scratch.fingerprints, count: steps.count, slots: scratch.slots, isNew: scratch.isNew)
        for (index, entry) in steps.enumerated() where scratch.isNew[index] != 0 {
            let state = store.payload(of: scratch.slots[index])
            state.set(GroupLayout.eventTime, .min)
            let columns = entry.step.isJoining ? changes.new : changes.old
            setKey(of: state, Array(columns[..<plan.groupBy.count]), row: Int(entry.step.row))
        }
        let slots = Array(UnsafeBufferPointer(start: scratch.slots, count: steps.count))
        note(slots)
        return slots
    }

    private func leave(_ changes: GroupedChanges, _ row: Int32) {
        stamp(changes, row, isJoining: false)
        for (aggregate, function) in functions.enumerated() {
            pointers.states[0] = scratch.states[0] + layout.stateOffsets[aggregate]
            function.undo(
                arguments(aggregate, changes.old), rows: scratch.rows, states: pointers.states, count: 1,
                blobs: store.blobs)
        }
    }

    private func join(_ changes: GroupedChanges, _ row: Int32) {
        stamp(changes, row, isJoining: true)
        for (aggregate, function) in functions.enumerated() {
            pointers.states[0] = scratch.states[0] + layout.stateOffsets[aggregate]
            function.update(
                arguments(aggregate, changes.new), rows: scratch.rows, states: pointers.states, count: 1,
                blobs: store.blobs)
        }
    }

    /// Notes that the group in `scratch.states[0]` has one row more or less, and by which record.
    private func stamp(_ changes: GroupedChanges, _ row: Int32, isJoining: Bool) {
        let state = scratch.states[0]
        state.set(GroupLayout.members, state.field(GroupLayout.members) + (isJoining ? 1 : -1))
        // A row leaves before it joins, wherever the two groups are kept.
        let sequence = changes.sequences.int64s[Int(row)] &* 2 &+ (isJoining ? 1 : 0)
        stamp(state, sequence: sequence, time: changes.times.int64s[Int(row)])
        scratch.rows[0] = row
    }

    private func arguments(_ aggregate: Int, _ columns: [Column]) -> [Column] {
        var start = plan.groupBy.count
        for call in plan.aggregates[..<aggregate] { start += call.arguments.count }
        return Array(columns[start..<start + plan.aggregates[aggregate].arguments.count])
    }
}
