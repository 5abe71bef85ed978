import Columnar
import Planning

/// Where rows go that a rule keeps aside: a stream of its own, with each row as a text.
final class Quarantine: @unchecked Sendable {
    private let outputs: Outputs
    /// What the rows of a relation do not come to, by its name: sinks.
    private let withheld: [String: String]
    private let texts: [String: RowText]
    private var epoch: Int64 = 0

    init(outputs: Outputs, plan: PipelinePlan) {
        self.outputs = outputs
        var withheld: [String: String] = [:]
        var texts: [String: RowText] = [:]
        for rule in plan.quality?.rules ?? [] where rule.isQuarantining {
            let relation = rule.relation
            let reached = plan.relations(below: relation.name)
            withheld[relation.name] = plan.sinks.filter { reached.contains($0.from.name) }
                .map { $0.name.lowercased() }.joined(separator: ", ")
            texts[relation.name] = RowText(relation, Array(relation.columns.indices))
        }
        self.withheld = withheld
        self.texts = texts
    }

    func begin(epoch: Int64) { self.epoch = epoch }

    /// Rows so far, since the state directory was made.
    var count: Int64 { outputs.counters[.rows] }

    /// Takes rows that fail a rule.
    func add(_ rows: Selection, of batch: RowBatch, _ rule: QualityRule, to slot: Slot) {
        let relation = rule.relation
        let count = rows.count
        let clock = slot.context.clock
        func all(_ value: Value, _ type: DataType) -> Column { .constant(value, type: type, count: count) }
        func position(_ pseudo: PseudoColumn, _ type: DataType) -> Column {
            let column = batch.columns[relation.position(of: pseudo)]
            return column.count == batch.count ? column.gather(rows) : .nulls(type, count: count)
        }
        let text = ColumnBuilder(type: .string, capacity: count)
        for record in texts[relation.name]?.texts(batch.columns, rows) ?? [] { text.append(record) }
        let times = batch.eventTimes.gather(rows)
        var columns = [
            all(.timestamp(clock), .timestamp),
            all(.date(Int32(truncatingIfNeeded: Civil.floorDivide(clock, 86_400_000))), .date),
            all(.bigint(epoch), .bigint), all(.string(rule.name), .string),
            all(.string(relation.name.lowercased()), .string), position(.rowSource, .string),
            position(.rowOffset, .bigint),
            Column(type: .timestamp, count: count, validity: nil, storage: times.storage), text.finish(),
            all(.string(withheld[relation.name] ?? ""), .string),
        ]
        columns += [Column](repeating: RowBatch.absent, count: outputs.relation.width - columns.count)
        outputs.deliver(
            RowBatch(
                columns: columns, count: count, selection: nil,
                origin: batch.origin.map { $0.gathered(by: rows) } ?? rows, eventTimes: times,
                valuePresence: nil, time: batch.time), to: slot)
    }
}
