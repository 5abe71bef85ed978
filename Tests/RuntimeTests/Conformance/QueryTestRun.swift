import Columnar
import Connectors
import Diagnostics
import Formats
import Language
import Planning
import Runtime
import Storage

/// Runs one query test: its statements through parser, planner and a task, its records through topics in
/// memory.
struct QueryTestRun {
    enum Verdict: Equatable {
        case passed
        case failed(String)
        /// A feature that this version does not have.
        case outOfScope(String)
    }

    let test: QueryTest
    /// Ends the task and starts it again from its checkpoint after so many records; nil runs it in one go.
    var restartAfter: Int? = nil

    func verdict() -> Verdict {
        if let reason = QueryTestScope.reason(against: test) { return .outOfScope(reason) }
        guard let schemas = try? TestSchemas(test) else { return .failed("its schemas are no schemas") }
        var planner = PipelinePlanner(registry: schemas.registry)
        do throws(Diagnostic) {
            try plan(into: &planner)
        } catch {
            return judge(refusal: error)
        }
        if let expected = test.expectedError {
            return test.inputs.isEmpty
                ? .failed("not refused: \(expected.message)")
                : .outOfScope("an error while running")
        }
        if let found = schemaDifference(planner.plan) ?? topicDifference(planner.plan) {
            return .failed(found)
        }
        if test.outputs.isEmpty && test.inputs.isEmpty { return .passed }
        do {
            return try run(planner.plan)
        } catch let error as Diagnostic {
            return .failed("stopped: \(error.oneLine)")
        } catch {
            return .failed("stopped: \(error)")
        }
    }

    private func judge(refusal error: Diagnostic) -> Verdict {
        if let reason = QueryTestScope.reason(for: error) { return .outOfScope(reason) }
        guard let expected = test.expectedError else { return .failed("refused: \(error.oneLine)") }
        if ExpectedRefusal.isSame(error, as: expected) { return .passed }
        return .failed(
            "refused for another reason: \(error.oneLine) [\(error.code)] instead of \(expected.message)")
    }

    private func plan(into planner: inout PipelinePlanner) throws(Diagnostic) {
        var statements = ["SET 'emit.per.record' = 'true';"]
        statements += test.properties.map { "SET '\($0.name)' = '\($0.value)';" }
        statements += test.statements
        for text in statements {
            var reader = ScriptReader(text)
            while let statement = try reader.next() { try planner.add(statement) }
        }
    }

    private func schemaDifference(_ plan: PipelinePlan) -> String? {
        for (name, schema) in test.schemas {
            guard let relation = plan.catalogue.relation(name) else { return "there is no \(name)" }
            let actual = Self.text(relation)
            guard let expected = Self.relation(schema, types: test.statements) else { continue }
            if actual != Self.text(expected) {
                return "\(name) is \(actual) instead of \(Self.text(expected))"
            }
        }
        return nil
    }

    /// Schemas that the registry must have for topics that were written.
    private func topicDifference(_ plan: PipelinePlan) -> String? {
        for topic in test.writtenTopics {
            for (schema, part) in [(topic.key, "key"), (topic.value, "value")] {
                guard let schema, schema.type != .protobuf else { continue }
                guard let latest = plan.registry.latest("\(topic.name)-\(part)") else {
                    return "\(topic.name) has no \(part) schema"
                }
                if latest.schema.text != (try? JSONValue(parsing: schema.text))?.text {
                    return "the \(part) schema of \(topic.name) is \(latest.schema.text)"
                }
            }
        }
        return nil
    }

    private static func text(_ relation: Relation) -> String {
        relation.columns.enumerated().map { index, column in
            "`\(column.name)` \(column.type.sql)" + (index < relation.keyCount ? " KEY" : "")
        }.joined(separator: ", ")
    }

    /// A relation with the columns that a test file lists; nil where the list is none.
    private static func relation(_ schema: String, types: [String]) -> Relation? {
        var planner = PipelinePlanner()
        let columns = schema.replacing("PRIMARY KEY", with: "KEY")
        var reader = ScriptReader(
            "CREATE STREAM S (\(columns)) WITH (connector = 'files', path = '-', value_format = 'JSON');")
        guard let statement = try? reader.next(), case .createSource(let create) = statement.kind else {
            return nil
        }
        let keys = create.columns.map { $0.role != nil }
        // Files have no keys, so that every type may stand in the list.
        let plain = columns.replacing(" KEY", with: "")
        var again = ScriptReader(
            "CREATE STREAM S (\(plain)) WITH (connector = 'files', path = '-', value_format = 'JSON');")
        guard let bare = try? again.next(), (try? planner.add(bare)) != nil,
            let made = planner.plan.catalogue.relation("S"), made.columns.count == keys.count
        else { return nil }
        let paired = zip(made.columns, keys)
        return Relation(
            name: "S", kind: .stream,
            columns: paired.filter(\.1).map(\.0) + paired.filter { !$0.1 }.map(\.0),
            keyCount: keys.count { $0 },
            origin: made.origin)
    }

    // MARK: Running

    private func run(_ plan: PipelinePlan) throws -> Verdict {
        var topics = Topics(test: test)
        let outcome = try topics.run(plan, restartAfter: restartAfter)
        for (topic, expected) in outputsByTopic {
            guard let codec = outcome.codecs[topic] else {
                return .failed("nothing writes the topic \(topic)")
            }
            let records = outcome.records[topic] ?? []
            if let found = difference(records, expected, codec) { return .failed("\(topic): \(found)") }
        }
        return .passed
    }

    private var outputsByTopic: [(String, [QueryTest.Record])] {
        var order: [String] = []
        for record in test.outputs where !order.contains(record.topic) { order.append(record.topic) }
        return order.map { topic in (topic, test.outputs.filter { $0.topic == topic }) }
    }

    private func difference(
        _ records: [MemorySink.Record], _ expected: [QueryTest.Record], _ codec: TopicCodec
    ) -> String? {
        for (index, pair) in zip(records, expected).enumerated() {
            if let found = difference(pair.0, pair.1, codec) { return "record \(index): \(found)" }
        }
        if records.count < expected.count {
            return "only \(records.count) records instead of \(expected.count)"
        }
        if records.count > expected.count {
            let extra = records[expected.count]
            return "\(records.count) records instead of \(expected.count), first more: "
                + "\(codec.key(extra.values).text) "
                + "\(extra.isDeletion ? "null" : codec.value(extra.values).text)"
        }
        return nil
    }

    private func difference(
        _ record: MemorySink.Record, _ expected: QueryTest.Record, _ codec: TopicCodec
    ) -> String? {
        if let found = codec.difference(record.values, isDeletion: record.isDeletion, expected) {
            return found
        }
        if let time = expected.timestamp, time != record.eventTime {
            return "timestamp \(record.eventTime) instead of \(time)"
        }
        if let window = expected.window {
            guard codec.relation.windowing != nil else { return "the key has no window" }
            guard (codec.relation.windowing == .session) == window.isSession else {
                return "another kind of window"
            }
            if record.windowStart != window.start || record.windowEnd != window.end {
                return "window \(record.windowStart ?? -1) to \(record.windowEnd ?? -1) instead of "
                    + "\(window.start) to \(window.end)"
            }
        } else if codec.relation.windowing != nil {
            return "the key has a window"
        }
        return nil
    }
}
