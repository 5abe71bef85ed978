import Columnar
import Expressions
import Planning

/// Everything that takes the rows or changes of one relation.
final class Outputs: @unchecked Sendable {
    let relation: Relation
    /// Positions in the relation's layout that somebody reads.
    var needed: Set<Int> = []
    /// Where rows come in more than one way.
    var merge: StreamMerge?
    var queries: [QueryOperator] = []
    var joins: [(operator: any JoinOperator, side: JoinSide)] = []
    /// Makes changes of the records of a table's source.
    var table: TableOperator?
    var sinks: [any Sink] = []
    var subscribers: [any Subscriber] = []
    /// Keeps a table's rows for others to look at.
    var view: TableView?
    /// Rules that look at its rows; nil without any.
    var rules: RelationRules?
    private let recordHeaders: RecordHeaders?
    /// Whether sinks want changes at the end of each round.
    private let emitsAtOnce: Bool
    /// Changes for sinks: many small ones would take twenty times the memory until the epoch ends.
    private var waiting: [ChangeBatch] = []
    private var waitingCount = 0
    /// With as many waiting, those of a key become one.
    private var waitingLimit = waitingRows
    private static let waitingBatches = 512
    private static let waitingRows = 4096
    /// Rows or changes that went through.
    let counters = Counters()

    init(relation: Relation, headers: RecordHeaders? = nil, emitsAtOnce: Bool = false) {
        self.relation = relation
        self.emitsAtOnce = emitsAtOnce
        recordHeaders = headers
    }

    /// Whether anybody takes its rows.
    var isRead: Bool { wantsEveryRound || !sinks.isEmpty || rules != nil }

    /// Whether somebody wants changes at the end of each round and not only of the epoch.
    var wantsEveryRound: Bool {
        !subscribers.isEmpty || !queries.isEmpty || !joins.isEmpty || view != nil
            || emitsAtOnce && !sinks.isEmpty
    }

    /// Hands living rows on: to queries at once, to sinks and subscribers when the phase is over.
    func deliver(_ batch: RowBatch, to slot: Slot) {
        guard batch.aliveCount > 0 else { return }
        let batch = merge?.take(batch, slot) ?? batch
        guard let rules, table == nil else { return pass(batch, to: slot) }
        if let rest = rules.take(batch, slot) { pass(rest, to: slot) }
    }

    /// Hands on rows that no rule keeps aside.
    func pass(_ batch: RowBatch, to slot: Slot) {
        guard batch.aliveCount > 0 else { return }
        counters.add(.rows, batch.aliveCount)
        if let table { return table.take(batch, slot) }
        for query in queries { query.process(batch, slot) }
        for (join, side) in joins { join.take(batch, side, slot) }
        if !sinks.isEmpty || !subscribers.isEmpty { slot.pending.append((self, batch)) }
    }

    /// Called in the order of slots, by one thread.
    func flush(_ batch: RowBatch) {
        let whole = batch.compactedFully(needed: needed)
        let rows = StreamRows(
            relation: relation, count: whole.count, columns: whole.columns, eventTimes: whole.eventTimes,
            valuePresence: whole.valuePresence,
            firstSequence: whole.count > 0 ? whole.sequence(of: 0) : 0,
            headers: whole.headers ?? recordHeaders?.column(count: whole.count))
        for sink in sinks { sink.write(rows) }
        for subscriber in subscribers { subscriber.receive(rows) }
    }

    /// Rows that no operator makes, by the task's thread.
    func publish(_ rows: StreamRows) {
        counters.add(.rows, rows.count)
        for sink in sinks { sink.write(rows) }
        for subscriber in subscribers { subscriber.receive(rows) }
    }

    /// Changes of a table, at the end of a round or epoch.
    func deliver(_ changes: ChangeBatch, _ context: EvaluationContext) {
        guard changes.count > 0 else { return }
        counters.add(.rows, changes.count)
        rules?.take(changes)
        view?.take(changes)
        for query in queries { query.process(changes, context) }
        for (join, side) in joins { join.take(changes, side, context) }
        for subscriber in subscribers { subscriber.receive(changes) }
        guard !sinks.isEmpty else { return }
        var changes = changes
        changes.headers = recordHeaders?.column(count: changes.count)
        waiting.append(changes)
        waitingCount += changes.count
        if emitsAtOnce {
            if waiting.count >= Self.waitingBatches || waitingCount >= Self.waitingRows { flushChanges() }
        } else if waiting.count >= Self.waitingBatches || waitingCount >= waitingLimit {
            let last = ChangeBatch.lastOfEachKey(waiting)
            waiting = [last]
            waitingCount = last.count
            waitingLimit = max(Self.waitingRows, 2 * last.count)
        }
    }

    /// Gives sinks the changes that were put by for them, as far as they want them before the epoch's end.
    func passChangesOn() { if emitsAtOnce { flushChanges() } }

    /// Gives sinks the changes that were put by for them. Before an epoch ends.
    func flushChanges() {
        guard !waiting.isEmpty else { return }
        let all =
            emitsAtOnce || waiting.count == 1
            ? ChangeBatch.concatenate(waiting) : ChangeBatch.lastOfEachKey(waiting)
        waiting.removeAll(keepingCapacity: true)
        waitingCount = 0
        waitingLimit = Self.waitingRows
        for sink in sinks { sink.write(all) }
    }
}
