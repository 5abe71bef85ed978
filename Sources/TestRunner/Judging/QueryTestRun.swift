import Columnar
import Connectors
import Diagnostics
import Formats
import Language
import Planning

/// Runs one query test: its statements through parser, planner and a task, its records through topics in
/// memory.
struct QueryTestRun {
    let test: QueryTest
    /// Ends the task and starts it again from its checkpoint after so many records; nil runs it in one go.
    var restartAfter: Int?
    var planner: PipelinePlanner
    let activity: TestActivity
    let pipeline: MemoryPipeline
    /// By relation: what queries have written. Of those that run one after another.
    var written: [String: [MemorySink.Record]] = [:]
    /// Rows of INSERT INTO … VALUES, in order.
    var inserted: [(row: GivenRow, eventTime: Int64)] = []
    /// By statement.
    private var answers: [Answer] = []

    /// What a statement gives back.
    private enum Answer {
        /// What the server calls an answer to a statement that it has done.
        case entity(String)
        /// Rows, from records of the relation of that name.
        case rows(AnswerPlan, of: String)
    }

    /// - Throws: what is wrong with the test's own schemas.
    init(_ test: QueryTest, restartAfter: Int? = nil, _ activity: TestActivity = TestActivity()) throws {
        self.test = test
        self.activity = activity
        pipeline = MemoryPipeline(activity: activity)
        self.restartAfter = restartAfter
        planner = PipelinePlanner(registry: try TestSchemas(test).registry)
    }

    static func verdict(
        of test: QueryTest, restartAfter: Int? = nil, _ activity: TestActivity = TestActivity()
    ) -> TestVerdict {
        if !test.isEnabled { return TestVerdict(.skipped, cause: "disabled in its file") }
        if test.statements.isEmpty { return .failed("no statements", "the case is no test") }
        if let reason = QueryTestScope.reason(against: test) {
            return TestVerdict(.outOfScope, cause: reason)
        }
        do {
            var run = try QueryTestRun(test, restartAfter: restartAfter, activity)
            return run.verdict()
        } catch {
            return .failed("the test's own schemas", "\(error)")
        }
    }

    private mutating func verdict() -> TestVerdict {
        do throws(Refusal) {
            try takeStatements()
            if test.expectedError == nil, let found = catalogueDifference() {
                return found
            }
            if !test.inputs.isEmpty || !test.outputs.isEmpty || !test.responses.isEmpty {
                try takeRecords()
            }
        } catch {
            return judge(error)
        }
        if let expected = test.expectedError {
            return .failed("not refused", "expected an error: \(expected.message)")
        }
        return responseDifference() ?? outputDifference() ?? .passed
    }

    private func judge(_ refusal: Refusal) -> TestVerdict {
        let found = "\(refusal.diagnostic.oneLine) [\(refusal.diagnostic.code), \(refusal.phase.rawValue)]"
        guard let expected = test.expectedError else {
            let isWhileRunning = refusal.phase == .execution
            return .failed(isWhileRunning ? "stopped while running" : refusal.cause, "refused: \(found)")
        }
        if refusal.isForLack { return .failed(refusal.cause, "refused: \(found)") }
        let detail = "\(found) instead of \(expected.message)"
        guard ExpectedRefusal.isSame(refusal.diagnostic, as: expected) else {
            return .failed("refused for another reason", detail)
        }
        guard ExpectedRefusal.isSamePhase(refusal, as: expected) else {
            return .failed("refused in another phase", detail)
        }
        return TestVerdict(
            .passed, detail: detail, isSameText: refusal.diagnostic.rendered().contains(expected.message))
    }

    // MARK: Statements

    private mutating func takeStatements() throws(Refusal) {
        let settings =
            [
                "SET 'emit.per.record' = 'true';", "SET 'pull.queries.like.ksqldb' = 'true';",
                "SET 'refuse.like.ksqldb' = 'true';",
            ] + test.properties.map { "SET '\($0.name)' = '\($0.value)';" }
        for text in settings { try take(text) }
        for text in test.statements { try take(text, isAnswered: true) }
    }

    private mutating func take(_ text: String, isAnswered: Bool = false) throws(Refusal) {
        var reader = ScriptReader(text)
        while true {
            let next: Statement?
            do throws(Diagnostic) { next = try reader.next() } catch { throw Refusal(.parsing, error) }
            guard let statement = next else { return }
            activity.note(statement: statement.text)
            do throws(Diagnostic) {
                let answer = try take(statement)
                if isAnswered { answers.append(answer) }
            } catch {
                throw Refusal(.analysis, error, statement)
            }
        }
    }

    private mutating func take(_ statement: Statement) throws(Diagnostic) -> Answer {
        switch statement.kind {
        case .insertValues(let row): try insert(row, statement)
        case .query(let query):
            let plan = try planner.answer(query, in: statement, hidden: "ANSWER \(answers.count)")
            return .rows(plan, of: try recorded(plan.source))
        default: try planner.add(statement)
        }
        return .entity("currentStatus")
    }

    /// The name under which the records of a relation are kept: what queries write is; what a topic brings
    /// goes through a query that takes it as it is.
    private mutating func recorded(_ relation: Relation) throws(Diagnostic) -> String {
        guard case .source = relation.origin else { return relation.name }
        let name = "RECORDS OF \(relation.name)"
        guard planner.plan.catalogue.relation(name) == nil else { return name }
        var (kind, source) = (relation.kind, relation.name)
        // No query makes anything of a table with windows: its records are a stream's.
        if let twin = relation.streamOfRecords {
            try add("CREATE STREAM \(twin)")
            (kind, source) = (.stream, "STREAM OF \(relation.name)")
        }
        try add("CREATE \(kind.rawValue) `\(name)` AS SELECT * FROM `\(source)`;")
        return name
    }

    private mutating func add(_ text: String) throws(Diagnostic) {
        var reader = ScriptReader(text)
        if let statement = try reader.next() { try planner.add(statement) }
    }

    private mutating func insert(_ row: InsertValues, _ statement: Statement) throws(Diagnostic) {
        let given = try planner.insertedRow(
            row, in: statement, allowing: [.rowTime], clock: MemoryPipeline.standardClock)
        var eventTime = MemoryPipeline.standardClock
        if case .bigint(let time) = given.pseudoValues[.rowTime] { eventTime = time }
        inserted.append((given, eventTime))
    }

    private func responseDifference() -> TestVerdict? {
        for (index, response) in test.responses.enumerated() {
            guard index < answers.count else {
                return .failed("other answers", "no answer to statement \(index)")
            }
            switch (response, answers[index]) {
            case (.entity(let expected), .entity(let type)):
                let wanted = expected["@type"]?.string ?? type
                if wanted == type { continue }
                return .failed("other answers", "answer \(index) is \(type) instead of \(wanted)")
            case (.rows(let expected), .rows(let plan, let name)):
                let answer = QueryAnswer(
                    plan, records: output(of: name), codec(plan.source),
                    clock: MemoryPipeline.standardClock)
                if let found = answer.difference(expected, isOrdered: test.ordersRows) {
                    return .failed("other answers", "answer \(index): \(found)")
                }
            default: return .failed("other answers", "answer \(index) is of another kind")
            }
        }
        return nil
    }

    /// How what the statements made differs from what there must be afterwards.
    private func catalogueDifference() -> TestVerdict? {
        CatalogueComparison(test: test, plan: planner.plan).difference.map {
            .failed("another schema or format", $0)
        }
    }

    // MARK: Records

    func codec(_ relation: Relation) -> TopicCodec? {
        relation.topic.map { TopicCodec(relation: relation, topic: $0, registry: planner.plan.registry) }
    }

    private func output(of relation: String) -> [MemorySink.Record] {
        pipeline.output(of: relation) + (written[relation] ?? [])
    }

    private mutating func takeRecords() throws(Refusal) {
        let plan = planner.plan
        if feedsQueriesInTurn(plan) { return try feedInTurn(plan) }
        let read = Set(plan.queries.flatMap { $0.sources.map(\.name) })
        let readers = plan.catalogue.order.compactMap { plan.catalogue.relation($0) }.filter {
            if case .source = $0.origin { return read.contains($0.name) && $0.topic != nil }
            return false
        }
        try addInputs(of: readers, to: pipeline)
        do throws(Diagnostic) {
            try pipeline.run(plan, restartAfter: restartAfter)
        } catch {
            throw Refusal(.execution, error)
        }
    }

    /// Rows of INSERT INTO … VALUES and the test's own records, for those who read their topics.
    func addInputs(of readers: [Relation], to pipeline: MemoryPipeline) throws(Refusal) {
        for (given, eventTime) in inserted {
            guard let codec = codec(given.relation) else { continue }
            let message = codec.message(given.complete, eventTime: eventTime)
            for reader in readers where reader.topic?.name == codec.topic.name {
                pipeline.add(message, to: reader.name)
            }
        }
        for record in test.inputs {
            for reader in readers where reader.topic?.name == record.topic {
                guard let codec = codec(reader) else { continue }
                do {
                    let message = MemoryRecord(
                        key: try codec.key(record), value: try codec.value(record),
                        timestamp: record.timestamp ?? 0, headers: record.headers)
                    pipeline.add(message, to: reader.name)
                } catch {
                    throw Refusal(
                        .execution, Diagnostic(.invalidValue, "an input can't be written: \(error)"))
                }
            }
        }
    }

    private func outputDifference() -> TestVerdict? {
        var topics: [String] = []
        for record in test.outputs where !topics.contains(record.topic) { topics.append(record.topic) }
        for topic in topics {
            guard let (records, codec) = records(of: topic) else {
                return .failed("no such topic", "nothing writes the topic \(topic)")
            }
            let expected = test.outputs.filter { $0.topic == topic }
            if let found = TopicComparison(topic: topic, codec: codec).difference(records, expected) {
                return found
            }
        }
        return nil
    }

    /// What stands in a topic: rows that were inserted, and behind them what queries have written.
    private func records(of topic: String) -> (records: [MemorySink.Record], codec: TopicCodec)? {
        var records: [MemorySink.Record] = []
        var found: TopicCodec?
        for (given, eventTime) in inserted where given.relation.topic?.name == topic {
            found = codec(given.relation)
            records.append(MemorySink.Record(row: given.complete, eventTime: eventTime))
        }
        var names: [String] = []
        for query in planner.plan.queries where query.output.topic?.name == topic {
            guard !names.contains(query.output.name) else { continue }
            names.append(query.output.name)
            found = codec(query.output)
            records += output(of: query.output.name)
        }
        return found.map { (records, $0) }
    }
}

extension Relation {
    /// Of a table with windows over a topic: name, columns and properties of a stream of the same records.
    fileprivate var streamOfRecords: String? {
        guard kind == .table, let windowing, let topic else { return nil }
        let list = columns.enumerated().map { index, column in
            "`\(column.name)` \(column.type.sql)\(index < keyCount ? " KEY" : "")"
        }
        var properties =
            "KAFKA_TOPIC = '\(topic.name)', KEY_FORMAT = '\(topic.keyFormat.rawValue)', "
            + "VALUE_FORMAT = '\(topic.valueFormat.rawValue)', "
        switch windowing {
        case .time(let size):
            properties += "WINDOW_TYPE = 'TUMBLING', WINDOW_SIZE = '\(size) MILLISECONDS'"
        case .session: properties += "WINDOW_TYPE = 'SESSION'"
        }
        return "`STREAM OF \(name)` (\(list.joined(separator: ", "))) WITH (\(properties));"
    }
}
