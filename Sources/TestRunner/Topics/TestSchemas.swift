import Diagnostics
import Formats
import Language
import Planning
import Registry

/// The registry of one query test: its topics' schemas, with the ids that upstream's runner gives them.
struct TestSchemas {
    let registry = SchemaRegistry()

    init(_ test: QueryTest) throws {
        // Upstream's registry compares nothing.
        try registry.setLevel(.none)
        var topics = test.topics
        let given = Set(topics.map(\.name))
        for topic in try Self.declared(test) where !given.contains(topic.name) { topics.append(topic) }
        // Upstream walks a hash map of them, and ids are counted in its order.
        let ordered = topics.enumerated().sorted {
            (Self.bucket($0.element.name), $0.offset) < (Self.bucket($1.element.name), $1.offset)
        }
        for (_, topic) in ordered {
            try register(topic.key, "\(topic.name)-key")
            try register(topic.value, "\(topic.name)-value")
        }
    }

    private func register(_ schema: QueryTest.TopicSchema?, _ subject: String) throws {
        guard let schema else { return }
        try registry.register(schema.text, type: schema.type, subject: subject, id: schema.id)
    }

    /// Schemas of topics that the statements' own columns make.
    private static func declared(_ test: QueryTest) throws -> [QueryTest.Topic] {
        let registry = SchemaRegistry()
        try registry.setLevel(.none)
        for topic in test.topics {
            for (schema, part) in [(topic.key, "key"), (topic.value, "value")] {
                guard let schema else { continue }
                try registry.register(
                    schema.text, type: schema.type, subject: "\(topic.name)-\(part)", id: schema.id)
            }
        }
        var planner = PipelinePlanner(registry: registry)
        for text in test.statements {
            var reader = ScriptReader(text)
            while let statement = try? reader.next() {
                if case .createSourceAsSelect = statement.kind { continue }
                try? planner.add(statement)
            }
        }
        return planner.plan.catalogue.order.compactMap { name in
            guard let topic = planner.plan.catalogue.relation(name)?.topic else { return nil }
            func schema(_ part: String) -> QueryTest.TopicSchema? {
                registry.latest("\(topic.name)-\(part)").map {
                    QueryTest.TopicSchema(text: $0.text, type: $0.type, id: nil)
                }
            }
            return QueryTest.Topic(name: topic.name, key: schema("key"), value: schema("value"))
        }
    }

    private static func bucket(_ name: String) -> UInt32 {
        let hash = name.utf16.reduce(0 as UInt32) { $0 &* 31 &+ UInt32($1) }
        return (hash ^ hash >> 16) & 15
    }
}
