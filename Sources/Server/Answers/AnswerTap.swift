import Columnar
import Planning
import Runtime
import Synchronization

/// Makes a push query's answer of the rows and changes of the relation that it reads.
///
/// Called by one thread at a time, that of the query's task.
final class AnswerTap: Subscriber {
    private struct State {
        var left: Int?
        var isOver = false
    }

    private let plan: AnswerPlan
    private let receiver: any AnswerReceiver
    private let clock: @Sendable () -> Int64
    private let answer: Mutex<RowAnswer>
    private let state: Mutex<State>

    init(_ plan: AnswerPlan, _ receiver: any AnswerReceiver, clock: @escaping @Sendable () -> Int64) {
        self.plan = plan
        self.receiver = receiver
        self.clock = clock
        // LIMIT counts all rows, not those of a batch.
        answer = Mutex(RowAnswer(plan.withoutLimit))
        state = Mutex(State(left: plan.limit))
    }

    var pseudoColumns: Set<PseudoColumn> { plan.pseudoColumns }

    /// Whether the answer is complete, or nobody wants it any more.
    var isOver: Bool { state.withLock { $0.isOver } }

    func receive(_ rows: StreamRows) {
        let alive = (0..<rows.count).filter { rows.valuePresence?[$0] ?? true }
        var columns = rows.columns
        columns[rows.relation.position(of: .rowTime)] = rows.eventTimes
        give(columns, rows.count, among: alive, deleted: nil)
    }

    func receive(_ changes: ChangeBatch) {
        let deleted = changes.newPresence.map { presence in
            let deleted = Bitmap(repeating: false, count: changes.count)
            for row in 0..<changes.count where !presence[row] { deleted.set(row) }
            return deleted
        }
        give(changes.new, changes.count, among: Array(0..<changes.count), deleted: deleted)
    }

    private func give(_ columns: [Column], _ count: Int, among alive: [Int], deleted: Bitmap?) {
        guard !isOver else { return }
        let now = clock()
        let (values, chosen) = answer.withLock { $0.rows(columns, count: count, clock: now) }
        let wanted = Set(chosen)
        var rows = alive.filter { wanted.contains($0) || deleted?[$0] ?? false }
        let left = state.withLock { $0.left }
        if let left { rows = Array(rows.prefix(left)) }
        guard !rows.isEmpty || left == 0 else { return }
        let selection = Selection(rows.map { Int32($0) })
        var gone: Bitmap?
        if let deleted, rows.contains(where: { deleted[$0] }) {
            let bits = Bitmap(repeating: false, count: rows.count)
            for (place, row) in rows.enumerated() where deleted[row] { bits.set(place) }
            gone = bits
        }
        let wants = receiver.receive(values.map { $0.gather(selection) }, count: rows.count, deleted: gone)
        let isDone = state.withLock { state in
            state.left = left.map { $0 - rows.count }
            if !wants || state.left == 0 { state.isOver = true }
            return wants && state.left == 0
        }
        if isDone { receiver.end(nil) }
    }
}
