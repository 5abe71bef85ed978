import Columnar
import Connectors
import Formats
import Planning
import Runtime

/// What a SELECT of its own answers: a header, rows, and what the server says at the end.
struct QueryAnswer {
    struct Row {
        let values: [JSONValue]
        let isTombstone: Bool
    }

    let plan: AnswerPlan
    let rows: [Row]

    /// - Parameters:
    ///   - records: all records of the relation that it reads.
    ///   - codec: how its keys are written, in whose order rows stand.
    init(_ plan: AnswerPlan, records: [MemorySink.Record], _ codec: TopicCodec?, clock: Int64) {
        self.plan = plan
        let held =
            !plan.isPush && plan.source.kind == .table
            ? HeldRecords(rowsOf: plan.source, records, codec) : HeldRecords(changesOf: plan.source, records)
        let answer = RowAnswer(plan).rows(held.columns, count: held.records.count, clock: clock)
        let encoder = AnswerEncoder(plan.columns.map(\.type))
        let encoded = encoder.layOut(answer.columns, count: held.records.count)
        rows = answer.chosen.map { row in
            let bytes = ByteWriter()
            encoder.append(row: row, of: encoded, to: bytes)
            let values = (try? JSONValue(parsing: Array(bytes.bytes)))?.array ?? []
            return Row(values: values, isTombstone: held.records[row].isDeletion)
        }
    }

    var finalMessage: String? {
        if plan.source.kind == .table, !plan.isPush { return nil }
        if let limit = plan.limit, rows.count == limit { return "Limit Reached" }
        return plan.isPush ? nil : "Query Completed"
    }

    // MARK: Comparison

    /// How it differs from what a test expects; nil when it does not.
    func difference(_ expected: [JSONValue], isOrdered: Bool) -> String? {
        var wanted: [JSONValue] = []
        for part in expected {
            let schema = plan.columns.schemaText
            if let wanted = part["header"]?["schema"]?.string, wanted != schema {
                return "the schema is \(schema) instead of \(wanted)"
            }
            if let row = part["row"] { wanted.append(row) }
        }
        let message = expected.lazy.compactMap { $0["finalMessage"]?.string }.first
        var left = Array(rows.enumerated())
        for (index, row) in wanted.enumerated() {
            let found = left.indices.first { isOrdered || differs(left[$0].element, row) == nil }
            guard let found else {
                return "row \(index) is missing: \(row.text); got "
                    + left.map { JSONValue.array($0.element.values).text }.joined(separator: " ")
            }
            if let difference = differs(left[found].element, row) { return "row \(index): \(difference)" }
            left.remove(at: found)
        }
        if let more = left.first {
            return "\(rows.count) rows instead of \(wanted.count), one more: "
                + JSONValue.array(more.element.values).text
        }
        return message == finalMessage
            ? nil : "it ends with \(finalMessage ?? "nothing") instead of \(message ?? "nothing")"
    }

    private func differs(_ row: Row, _ expected: JSONValue) -> String? {
        let wanted = expected["columns"]?.array ?? []
        let differs = "\(JSONValue.array(row.values).text) instead of \(expected.text)"
        guard row.values.count == wanted.count, row.isTombstone == (expected["tombstone"]?.boolean ?? false)
        else { return differs }
        for (index, column) in plan.columns.enumerated() {
            let found = RecordComparison.difference(
                row.values[index], wanted[index], column.type, column.name)
            if let found { return "\(found): \(differs)" }
        }
        return nil
    }
}
