import Formats
import Language
import Planning

/// Whether streams, tables and topics are as a test says that they must be afterwards.
struct CatalogueComparison {
    let test: QueryTest
    let plan: PipelinePlan

    /// nil when they are, else the first difference.
    var difference: String? { sourceDifference ?? topicDifference }

    private var sourceDifference: String? {
        for source in test.sources {
            guard let relation = plan.catalogue.relation(source.name) else {
                return "there is no \(source.name)"
            }
            if let kind = source.kind, kind != relation.kind.rawValue {
                return "\(source.name) is a \(relation.kind.rawValue) instead of a \(kind)"
            }
            if let topic = relation.topic,
                let found = formatDifference(topic, source.keyFormat, source.valueFormat)
            {
                return "\(source.name): \(found)"
            }
            guard let schema = source.schema,
                let expected = Self.relation(schema, types: test.statements)
            else { continue }
            let actual = Self.text(relation)
            if actual != Self.text(expected) {
                return "\(source.name) is \(actual) instead of \(Self.text(expected))"
            }
        }
        return nil
    }

    private func formatDifference(
        _ topic: TopicProperties, _ keyFormat: String?, _ valueFormat: String?
    ) -> String? {
        if let keyFormat, keyFormat != topic.keyFormat.rawValue {
            return "keys are \(topic.keyFormat.rawValue) instead of \(keyFormat)"
        }
        if let valueFormat, valueFormat != topic.valueFormat.rawValue {
            return "values are \(topic.valueFormat.rawValue) instead of \(valueFormat)"
        }
        return nil
    }

    /// Formats of topics that were written, and schemas that the registry must have for them.
    private var topicDifference: String? {
        for topic in test.writtenTopics {
            let writer = plan.queries.last { $0.output.topic?.name == topic.name }
            if let written = writer?.output.topic,
                let found = formatDifference(written, topic.keyFormat, topic.valueFormat)
            {
                return "\(topic.name): \(found)"
            }
            for (schema, part) in [(topic.key, "key"), (topic.value, "value")] {
                guard let schema, schema.type != .protobuf else { continue }
                guard let latest = try? plan.registry.latest("\(topic.name)-\(part)") else {
                    return "\(topic.name) has no \(part) schema"
                }
                let expected =
                    schema.type == .avro
                    ? AvroSchemaText.of(schema.text) : (try? JSONValue(parsing: schema.text))?.text
                if latest.text != expected {
                    return "the \(part) schema of \(topic.name) is \(latest.text)"
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
}
