import Columnar
import Planning

/// Results of rules as rows of the stream that goes to the table of results.
enum QualityRows {
    static func rows(
        _ results: [RuleResult], of quality: QualityPlan, epoch: Int64, clock: Int64
    ) -> StreamRows {
        let relation = quality.results
        let builders = relation.columns.map { ColumnBuilder(type: $0.type, capacity: results.count) }
        for result in results {
            let rule = quality.rules[result.rule]
            let values: [Value] = [
                .timestamp(clock), .date(Int32(truncatingIfNeeded: Civil.floorDivide(clock, 86_400_000))),
                .bigint(epoch), .string(rule.name), .string(rule.relation.name.lowercased()),
                .string(rule.kind.rawValue), .string(result.status.rawValue), .bigint(result.checked),
                .bigint(result.failing), .double(result.value), .string(rule.expectation),
                .string(result.example.map { "\(result.finding): \($0)" } ?? result.finding),
                result.action.map { .string($0) } ?? .null,
            ]
            for (builder, value) in zip(builders, values) { builder.append(value) }
        }
        var columns = builders.map { $0.finish() }
        columns += [Column](repeating: RowBatch.absent, count: relation.width - columns.count)
        return StreamRows(
            relation: relation, count: results.count, columns: columns,
            eventTimes: .bigints(results.map { _ in clock }), valuePresence: nil, firstSequence: 0)
    }
}
