import Columnar
import Connectors
import Diagnostics
import Language
import Planning
import Storage

/// Runs one test of an SQL file: statement by statement, rows that are inserted through sources in memory.
struct ScriptTestRun {
    private let test: ScriptTest
    private let restartAfter: Int?
    private let pipeline: MemoryPipeline
    private var planner = PipelinePlanner()
    /// Rows that were inserted, by relation.
    private var inserted: [String: [MemorySink.Record]] = [:]
    /// How many records of a relation assertions have looked at.
    private var cursors: [String: Int] = [:]
    private var hasNews = false
    private var hasNewQueries = false
    /// A running query was replaced: the new one goes on where it stood.
    private var isReplacing = false

    private let activity: TestActivity

    private init(_ test: ScriptTest, restartAfter: Int?, _ activity: TestActivity) {
        self.test = test
        self.activity = activity
        self.restartAfter = restartAfter
        pipeline = MemoryPipeline(clock: test.clock, activity: activity)
    }

    static func verdict(
        of test: ScriptTest, restartAfter: Int? = nil, _ activity: TestActivity = TestActivity()
    ) -> TestVerdict {
        var run = ScriptTestRun(test, restartAfter: restartAfter, activity)
        do throws(ScriptFailure) {
            var variables = Variables()
            try run.take("SET 'emit.per.record' = 'true';", file: nil, &variables)
            try run.take(test.text, file: test.path, &variables)
            try run.advance()
        } catch {
            return run.judge(error)
        }
        return test.expectsError ? .failed("not refused", "expected an error: \(run.wanted)") : .passed
    }

    private var wanted: String { test.expectedMessage ?? test.expectedError ?? "" }

    private func judge(_ failure: ScriptFailure) -> TestVerdict {
        switch failure {
        case .assertion(let cause, let text): return .failed(cause, text)
        case .refusal(let refusal):
            let text = refusal.diagnostic.oneLine
            guard test.expectsError else { return .failed(refusal.cause, text) }
            if refusal.isForLack { return .failed(refusal.cause, text) }
            let isSameText = refusal.diagnostic.rendered().contains(test.expectedMessage ?? "")
            let expected = QueryTest.ExpectedError(type: test.expectedError ?? "", message: wanted)
            if isSameText || ExpectedRefusal.isSame(refusal.diagnostic, as: expected) {
                return TestVerdict(.passed, isSameText: isSameText)
            }
            return .failed("refused for another reason", "\(text) instead of \(wanted)")
        }
    }

    // MARK: Statements

    private mutating func take(
        _ text: String, file: String?, _ variables: inout Variables
    ) throws(ScriptFailure) {
        var reader = ScriptReader(text, file: file, variables: variables)
        while true {
            let next: Statement?
            do throws(Diagnostic) { next = try reader.next() } catch {
                throw .refusal(Refusal(.parsing, error))
            }
            variables = reader.variables
            guard let statement = next else { return }
            if case .runScript(let path) = statement.kind {
                let (script, text) = try self.script(path, statement)
                try take(text, file: script, &variables)
                reader.variables = variables
            } else {
                try take(statement)
            }
        }
    }

    /// The file that RUN SCRIPT names, beside the test's own.
    private func script(
        _ name: String, _ statement: Statement
    ) throws(ScriptFailure) -> (path: String, text: String) {
        let path = name.hasPrefix("/") ? name : Path.join(Path.directory(of: test.path), name)
        do throws(StorageError) {
            return (path, String(decoding: try test.fileSystem.read(path), as: UTF8.self))
        } catch {
            let place = statement.location(of: statement.span)
            throw .refusal(
                Refusal(
                    .analysis, Diagnostic(.io, "\(path) can't be read: \(error.reason)", at: place),
                    statement))
        }
    }

    private mutating func take(_ statement: Statement) throws(ScriptFailure) {
        activity.note(statement: statement.text)
        switch statement.kind {
        case .assert(let assertion): try check(assertion, statement)
        case .insertValues(let row):
            try refusing(statement) { run throws(Diagnostic) in
                try run.insert(row, statement)
            }
        default: try refusing(statement) { run throws(Diagnostic) in try run.plan(statement) }
        }
    }

    private mutating func refusing(
        _ statement: Statement, _ body: (inout ScriptTestRun) throws(Diagnostic) -> Void
    ) throws(ScriptFailure) {
        do throws(Diagnostic) { try body(&self) } catch {
            throw .refusal(Refusal(.analysis, error, statement))
        }
    }

    private mutating func plan(_ statement: Statement) throws(Diagnostic) {
        switch statement.kind {
        case .createSourceAsSelect(let create):
            // What was inserted before runs through the former query.
            if create.orReplace, planner.plan.catalogue.relation(create.name.text) != nil {
                try run()
                isReplacing = true
            }
            hasNewQueries = true
        case .insertInto: hasNewQueries = true
        case .alterSource, .drop, .queryControl:
            try run()
            isReplacing = true
            hasNewQueries = true
        default: break
        }
        try planner.add(statement)
        if case .createConnector = statement.kind {
            // Where sinks would write is refused as it would be without the test.
            _ = try SinkFactory(fileSystem: SimulatedFileSystem(), readsSecrets: false).sinks(
                of: planner.plan)
        }
    }

    // MARK: Rows

    private mutating func insert(_ row: InsertValues, _ statement: Statement) throws(Diagnostic) {
        let place = statement.location(of: row.target.span)
        let relation = planner.plan.catalogue.relation(row.target.text)
        let given = try planner.insertedRow(
            row, in: statement, allowing: InsertedRow.pseudoColumns(of: relation), clock: test.clock)
        let row = InsertedRow(given, clock: test.clock)
        inserted[given.relation.name, default: []].append(row.record)
        hasNews = true
        guard case .source(let properties) = given.relation.origin else {
            throw Diagnostic(
                .invalidStatement, "\(given.relation.name) is made by a query, which alone writes to it",
                at: place, hint: "insert into what the query reads")
        }
        switch properties.connector {
        case .postgres:
            throw Diagnostic(
                .invalidStatement, "\(given.relation.name) is a table of a database, and only read here",
                at: place, hint: "test with a table over a topic: kafka_topic = 'products'")
        case .files: pipeline.add(line: row.line(properties), to: given.relation.name)
        case .topic(let topic):
            guard let message = row.message(planner.plan.registry) else { return }
            for name in planner.plan.catalogue.order {
                guard let reader = planner.plan.catalogue.relation(name), reader.topic?.name == topic,
                    case .source = reader.origin
                else { continue }
                pipeline.add(message, to: name)
            }
        }
    }

    /// Runs what was inserted since the last time.
    private mutating func run() throws(Diagnostic) {
        guard hasNews || hasNewQueries else { return }
        // A new query reads from the start; what others gave before they give again.
        if hasNewQueries, !isReplacing { pipeline.startOver() }
        hasNews = false
        hasNewQueries = false
        isReplacing = false
        try pipeline.run(planner.plan, restartAfter: restartAfter)
    }

    private mutating func advance() throws(ScriptFailure) {
        do throws(Diagnostic) { try run() } catch { throw .refusal(Refusal(.execution, error)) }
    }

    // MARK: Assertions

    private mutating func check(_ assertion: Assert, _ statement: Statement) throws(ScriptFailure) {
        let check = AssertionCheck(planner: planner, statement: statement, clock: test.clock)
        switch assertion {
        case .values(let row): try checkNext(row, isTombstone: false, check)
        case .nullValues(let row): try checkNext(row, isTombstone: true, check)
        case .source(let create): try check.source(create)
        case .topic(let name, let properties, let exists, _):
            try check.topic(name, properties, exists: exists)
        case .schema(let subject, let id, let exists, _):
            try check.schema(subject, id, exists: exists)
        }
    }

    /// Holds the next record of a relation against the row.
    private mutating func checkNext(
        _ row: InsertValues, isTombstone: Bool, _ check: AssertionCheck
    ) throws(ScriptFailure) {
        try advance()
        let expected = try check.row(row, isTombstone: isTombstone)
        let relation = expected.relation
        var records = inserted[relation.name] ?? []
        if case .query = relation.origin { records = pipeline.output(of: relation.name) }
        let index = cursors[relation.name, default: 0]
        try check.record(
            index < records.count ? records[index] : nil, index, of: records.count, is: expected,
            isTombstone: isTombstone)
        cursors[relation.name] = index + 1
    }
}
