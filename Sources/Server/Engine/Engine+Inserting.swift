import Broker
import Columnar
import Connectors
import Diagnostics
import Formats
import Language
import Planning

// Rows that clients hand in.
extension Engine {
    /// INSERT INTO … VALUES. The record is durable when this returns.
    public func insert(
        _ row: InsertValues, _ statement: Statement, _ session: Session
    ) throws(Diagnostic) {
        let planner = state.withLock { $0.planner }
        let clock = environment.clock()
        let given = try planner.insertedRow(row, in: statement, allowing: [.rowTime], clock: clock)
        var time = clock
        if case .bigint(let named) = given.pseudoValues[.rowTime] { time = named }
        let columns = zip(given.relation.columns, given.complete).map { column, value in
            let builder = ColumnBuilder(type: column.type)
            builder.append(value)
            return builder.finish()
        }
        let refusals = try append(columns, count: 1, times: [time], to: given.relation, planner.plan)
        if let refusal = refusals.first { throw refusal.1 }
    }

    /// Appends rows as JSON objects by column name, as `/inserts-stream` takes them.
    ///
    /// - Returns: for each row nil, or what is wrong with it.
    public func insert(
        into target: String, rows: [JSONValue], _ session: Session
    ) throws(Diagnostic) -> [Diagnostic?] {
        let plan = state.withLock { $0.planner.plan }
        guard
            let relation = plan.catalogue.relation(target) ?? plan.catalogue.relation(target.uppercased())
        else {
            let suggestion = NearestName.suggestion(for: target, among: plan.catalogue.order)
            throw Diagnostic(
                .unknownSource, "there is no stream or table \(target)",
                hint: suggestion.map { "did you mean \($0)?" })
        }
        guard !relation.isReadOnly else {
            throw Diagnostic(
                .invalidStatement,
                "\(relation.name) is a SOURCE \(relation.kind.rawValue), which is only read")
        }
        let columns = relation.columns.filter { relation.source?.headerColumns[$0.name] == nil }
        var problems = rows.map { Self.problem(of: $0, columns) }
        let bytes = rows.map { Array($0.text.utf8) }
        let (buffer, frames) = Self.frames(bytes)
        let decoded = JSONDecoder(fields: columns.map { DecodedField($0.name, $0.type) })
            .decode(buffer, frames: frames)
        for error in decoded.errors {
            problems[error.row] = problems[error.row] ?? Diagnostic(.invalidValue, error.reason.message)
        }
        let good = problems.indices.filter { problems[$0] == nil }
        guard !good.isEmpty else { return problems }
        let selection = Selection(good.map { Int32($0) })
        var values = decoded.columns.map { $0.gather(selection) }
        while values.count < relation.columns.count {
            values.append(.nulls(relation.columns[values.count].type, count: good.count))
        }
        let times = [Int64](repeating: environment.clock(), count: good.count)
        for (row, problem) in try append(values, count: good.count, times: times, to: relation, plan) {
            problems[good[row]] = problem
        }
        return problems
    }

    private static func problem(of row: JSONValue, _ columns: [RelationColumn]) -> Diagnostic? {
        guard let members = row.members else {
            return Diagnostic(.invalidValue, "a row is a JSON object by column name")
        }
        let names = columns.map(\.name)
        for member in members {
            let name = member.name.hasPrefix("`") ? String(member.name.dropFirst().dropLast()) : member.name
            guard !names.contains(name), !names.contains(name.uppercased()) else { continue }
            let suggestion = NearestName.suggestion(for: name, among: names)
            return Diagnostic(
                .unknownColumn, "there is no column \(name)",
                expected: "one of " + names.joined(separator: ", "),
                hint: suggestion.map { "did you mean \($0)?" })
        }
        return nil
    }

    private static func frames(_ records: [[UInt8]]) -> (Buffer, RecordFrames) {
        var all: [UInt8] = []
        let ranges = records.map { record -> Range<Int>? in
            let start = all.count
            all += record
            return start..<all.count
        }
        return (all.withUnsafeBytes { Buffer(copying: $0) }, RecordFrames(ranges))
    }

    /// Appends rows to the relation's topic; returns those that its schema has no place for.
    private func append(
        _ columns: [Column], count: Int, times: [Int64], to relation: Relation, _ plan: PipelinePlan
    ) throws(Diagnostic) -> [(Int, Diagnostic)] {
        guard let topic = relation.topic else {
            throw Diagnostic(
                .invalidStatement, "\(relation.name) lives in no topic, so no row can be put into it",
                hint: "put the row into the files that it reads")
        }
        guard relation.windowing == nil else {
            throw Diagnostic(
                .invalidStatement, "\(relation.name) has windows, and rows are put into what has none")
        }
        let hasKey = columns[..<relation.keyCount].contains { $0.isValid(0) }
        guard relation.kind == .stream || hasKey else {
            throw Diagnostic(
                .invalidValue, "a row of the table \(relation.name) has a key",
                expected: relation.keys.map(\.name).joined(separator: ", "))
        }
        let encoder = try MessageEncoder(relation: relation, topic: topic, registry: plan.registry)
        let encoded = encoder.encode(encoder.rows(columns, count: count), 0..<count)
        let refused = encoded.refusals.map { ($0.row, Diagnostic(.invalidValue, $0.reason.message)) }
        let bad = Set(refused.map(\.0))
        do throws(TopicStoreError) {
            var records = TopicRecords(partitionCount: topics.partitionCount(topic.name) ?? 1)
            for row in 0..<count where !bad.contains(row) {
                records.add(
                    TopicRecord(
                        key: encoded.key(row), value: encoded.value(row), timestamp: times[row]))
            }
            if !records.isEmpty { try topics.store.append(records, to: topic.name) }
        } catch { throw error.diagnostic }
        return refused
    }
}
