import Columnar
import Expressions
import Planning

/// The rules of one relation: they look at its rows on their way and keep those aside that are not to go on.
///
/// All expressions are computed at once over the batch that flows anyway. Uniqueness is found shard by shard;
/// where repeats are kept aside, the rows go on behind that phase.
final class RelationRules: @unchecked Sendable {
    let relation: Relation
    /// The sources that its records come from in the first place, and whose watermarks they go by.
    let sources: Set<String>
    let clocks: Set<String>
    let rules: [RuleAtWork]
    private unowned let outputs: Outputs
    private let quarantine: Quarantine?
    private let expressions: CompiledExpressions
    private let slots: [SlotRows]
    /// Changes of a table in this epoch; of each key the last one counts.
    private var changes: [ChangeBatch] = []
    private var round: Int64 = 0
    private let slotCount: Int64

    private struct Held {
        let batch: RowBatch
        let repeats: [Found]
    }

    /// What a rule about repeats will have found when the shard phase is over.
    private struct Found {
        let rule: RuleAtWork
        let looked: Selection
        let verdicts: DeduplicationOperator.Verdicts
    }

    /// What waits in a slot for the shard phase, by the thread that has the slot.
    private final class SlotRows: @unchecked Sendable {
        var held: [Held] = []
    }

    init(
        outputs: Outputs, sources: Set<String>, clocks: Set<String>, rules: [RuleAtWork],
        expressions: [Expression], quarantine: Quarantine?, slots: Int
    ) {
        self.outputs = outputs
        relation = outputs.relation
        self.sources = sources
        self.clocks = clocks
        self.rules = rules
        self.quarantine = quarantine
        self.expressions = CompiledExpressions(expressions)
        self.slots = (0..<slots).map { _ in SlotRows() }
        slotCount = Int64(slots)
    }

    /// Operators that take part in the shard phases.
    var stateful: [DeduplicationOperator] { rules.compactMap(\.uniqueness?.finder) }

    /// The shard phase behind which the rows go on; nil when they go on at once.
    var gateLevel: Int? {
        rules.lazy.filter(\.rule.isQuarantining).compactMap(\.uniqueness?.finder?.level).first
    }

    /// A round begins: examples of earlier ones come first.
    func beginRound() { round += 1 }

    // MARK: Rows of a stream

    /// Looks at rows and returns those that go on at once; nil where they wait.
    func take(_ batch: RowBatch, _ slot: Slot) -> RowBatch? {
        slot.context.positions = []
        let columns = expressions.evaluate(batch.columns, count: batch.count, context: slot.context)
        let alive = RowSet(batch.selection, of: batch.count)
        var aside: Bitmap?
        for rule in rules where rule.uniqueness == nil {
            let failing = look(
                rule, columns, alive, batch.columns, times: batch.eventTimes, slot: slot.index,
                clock: slot.context.clock)
            guard let failing, rule.rule.isQuarantining else { continue }
            let fresh = aside.map { failing.subtracting($0) } ?? failing
            if !fresh.isEmpty { quarantine?.add(Selection(ones: fresh), of: batch, rule.rule, to: slot) }
            aside = aside.map { $0.union(failing) } ?? failing
        }
        let left = aside.map { alive.subtracting($0) } ?? alive
        let rest = aside == nil ? batch : batch.selecting(left.selection ?? .all(batch.count))
        var repeats: [Found] = []
        for rule in rules {
            guard let finder = rule.uniqueness?.finder else { continue }
            let looked =
                (rule.filter.map { left.keeping(columns[$0]) } ?? left).selection ?? .all(batch.count)
            let verdicts = finder.take(rest.selecting(looked).withValues, slot)
            if rule.rule.isQuarantining {
                repeats.append(Found(rule: rule, looked: looked, verdicts: verdicts))
            }
        }
        guard !repeats.isEmpty else { return rest }
        slots[slot.index].held.append(Held(batch: rest, repeats: repeats))
        return nil
    }

    /// Hands on the rows that waited for the shard phase, without repeats.
    func resume(_ slot: Slot) {
        let held = slots[slot.index].held
        slots[slot.index].held = []
        for held in held {
            let batch = held.batch
            let alive = RowSet(batch.selection, of: batch.count)
            var aside: Bitmap?
            for found in held.repeats {
                let rows = RowSet(found.verdicts.rows(.repeat, among: found.looked), of: batch.count)
                guard let failing = rows.bits else { continue }
                let fresh = aside.map { failing.subtracting($0) } ?? failing
                if !fresh.isEmpty {
                    quarantine?.add(Selection(ones: fresh), of: batch, found.rule.rule, to: slot)
                }
                aside = aside.map { $0.union(failing) } ?? failing
            }
            let left = aside.map { alive.subtracting($0) } ?? alive
            outputs.pass(batch.selecting(left.selection ?? .all(batch.count)), to: slot)
        }
    }

    /// Counts for a rule; returns the rows that fail, nil when none does.
    private func look(
        _ rule: RuleAtWork, _ made: [Column], _ alive: RowSet, _ columns: [Column], times: Column, slot: Int,
        clock: Int64
    ) -> Bitmap? {
        let rows = rule.filter.map { alive.keeping(made[$0]) } ?? alive
        let place = rule.slots[slot]
        let size = rows.size
        guard size > 0 else { return nil }
        place.tally.checked += Int64(size)
        switch rule.rule.check {
        case .rows:
            guard let violation = rule.violation, let failing = rows.keeping(made[violation]).bits else {
                return nil
            }
            let count = failing.countOfOnes
            guard count > 0 else { return nil }
            place.tally.failing += Int64(count)
            place.tally.note(round * slotCount + Int64(slot)) {
                rule.text(columns, failing.firstOne ?? 0)
            }
            return failing
        case .freshness:
            // An event of the future is as fresh as can be, and no more.
            var newest = place.tally.newest
            let values = times.int64s
            rows.forEach { newest = max(newest, values[$0]) }
            place.tally.newest = min(newest, clock)
        case .volume(let plan): place.tally.count(rows, times: times, window: plan.window)
        case .unique: break
        }
        return nil
    }

    // MARK: Changes of a table

    func take(_ changes: ChangeBatch) { self.changes.append(changes) }

    /// At the end of an epoch: looks at the rows that a table has got in it.
    func endEpoch(_ context: EvaluationContext) {
        round = 0
        guard !changes.isEmpty else { return }
        let all = ChangeBatch.lastOfEachKey(changes)
        changes = []
        context.positions = []
        let columns = expressions.evaluate(all.new, count: all.count, context: context)
        let alive = RowSet(all.newPresence, of: all.count)
        for rule in rules {
            _ = look(
                rule, columns, alive, all.new, times: all.new[relation.position(of: .rowTime)], slot: 0,
                clock: context.clock)
        }
    }
}
