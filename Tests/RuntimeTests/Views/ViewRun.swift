import Columnar
import Connectors
import Diagnostics
import Planning
import Runtime
import Storage
import TestRunner

/// Runs statements over records in memory, stopping now and then, and holds the views of all tables against
/// what sinks were told.
struct ViewRun {
    let statements: String
    /// By relation, and which relation's turn it is.
    let messages: [String: [MemoryRecord]]
    let order: [String]
    var stateMemoryBytes = 1 << 30
    /// The retention of windowed tables, where it is less than all of the records' time: from a window's
    /// start, in the watermark that the last record leaves.
    var watermark: Int64?
    var retentions: [String: Int64] = [:]

    /// A row, its time and its window.
    typealias Row = MemorySink.Record

    /// What differs, in words; nil when nothing does.
    func difference(
        _ way: Way, check: (TableView, [Row]) throws -> String? = { _, _ in nil }
    ) throws
        -> String?
    {
        let plan = try PipelineRun.plan(statements)
        let tables = plan.catalogue.order.compactMap { plan.catalogue.relation($0) }.filter {
            $0.kind == .table
        }
        var kept: [String: MemorySink] = [:]
        for table in tables { kept[table.name] = MemorySink(name: table.name) }
        let fileSystem = SimulatedFileSystem()
        var start = 0
        for stop in way.restartAfter.filter({ $0 < order.count }) + [order.count] {
            var configuration = TaskConfiguration(stateDirectory: "/state")
            configuration.threads = way.threads
            configuration.chunkBytes = way.chunkBytes
            configuration.epochBytes = way.epochBytes
            configuration.stateMemoryBytes = stateMemoryBytes
            configuration.views = Set(tables.map(\.name))
            let turns = Turns(order, from: start, upTo: stop)
            var sources: [String: any Source] = [:]
            for (name, messages) in messages {
                sources[name] = TurnSource(name, name: "topic", messages: messages, turns: turns)
            }
            let task = PipelineTask(
                plan: plan, configuration: configuration, environment: .simulated(fileSystem),
                sources: sources, sinks: kept.mapValues { [$0] })
            start = stop
            try task.run(once: true)
            for table in tables {
                guard let view = task.view(of: table.name) else { return "there is no view of \(table.name)" }
                let expected = latest(table, kept[table.name]?.records ?? [])
                if let found = try Self.difference(view, expected) ?? check(view, expected) {
                    return "\(table.name) after \(stop): \(found)"
                }
            }
        }
        return nil
    }

    /// The latest rows of a table, as the changes tell.
    private func latest(_ table: Relation, _ changes: [Row]) -> [Row] {
        var latest: [String: Row] = [:]
        for change in changes {
            let key =
                "\(change.values[..<table.keyCount]) \(change.windowStart ?? 0) \(change.windowEnd ?? 0)"
            latest[key] = change.isDeletion ? nil : change
        }
        return latest.values.filter { row in
            guard let retention = retentions[table.name], let watermark else { return true }
            return (row.windowStart ?? 0) + retention >= watermark
        }
    }

    static func difference(_ view: TableView, _ expected: [Row]) throws -> String? {
        var rows: [Row] = []
        try view.scan(blockRows: 3) { block in
            rows += Self.rows(block, view.relation)
            return true
        }
        return difference(rows, expected)
    }

    static func difference(_ rows: [Row], _ expected: [Row]) -> String? {
        func texts(_ rows: [Row]) -> [String] {
            rows.map { "\($0.values) at \($0.eventTime), \($0.windowStart ?? -1) to \($0.windowEnd ?? -1)" }
                .sorted()
        }
        let (found, wanted) = (texts(rows), texts(expected))
        if found == wanted { return nil }
        let missing = wanted.filter { !found.contains($0) }
        let more = found.filter { !wanted.contains($0) }
        return "\(found.count) rows instead of \(wanted.count), missing \(missing), too many \(more)"
    }

    static func rows(_ block: RowBlock, _ relation: Relation) -> [Row] {
        func time(_ pseudo: PseudoColumn, _ row: Int) -> Int64? {
            let column = block.columns[relation.position(of: pseudo)]
            return column.isValid(row) ? column.int64s[row] : nil
        }
        return (0..<block.count).map { row in
            Row(
                values: relation.columns.indices.map { block.columns[$0].value(at: row) },
                eventTime: time(.rowTime, row) ?? -1, windowStart: time(.windowStart, row),
                windowEnd: time(.windowEnd, row), isDeletion: false)
        }
    }

    /// Columns of one row that hold a key.
    static func key(_ values: [Value], _ relation: Relation) -> [Column] {
        zip(values, relation.keys).map { value, column in
            let builder = ColumnBuilder(type: column.type)
            builder.append(value)
            return builder.finish()
        }
    }
}
