import Formats
import Planning

/// `sourceDescription`: DESCRIBE of a stream or table.
struct SourceDescription: Entity {
    let description: JSONValue

    init(_ relation: Relation, of snapshot: EngineSnapshot, isExtended: Bool) {
        description = Self.json(relation, snapshot, isExtended)
    }

    var type: String { "sourceDescription" }
    var members: [JSONValue.Member] { [.init("sourceDescription", description)] }

    static func json(_ relation: Relation, _ snapshot: EngineSnapshot, _ isExtended: Bool) -> JSONValue {
        let plan = snapshot.plan
        let readers = plan.queries.filter { $0.sources.contains { $0.name == relation.name } }
        let topic = snapshot.topics.first { $0.name == relation.topic?.name }
        let statistics = isExtended ? RelationStatistics(relation, snapshot) : nil
        return [
            "name": .string(relation.name),
            "windowType": relation.windowType(in: plan),
            "readQueries": .array(readers.map(snapshot.entry)),
            "writeQueries": .array(plan.query(producing: relation.name).map(snapshot.entry)),
            "fields": FieldSchema.fields(of: relation),
            "type": .string(relation.kind.rawValue),
            "timestamp": .string(relation.source?.timestampColumn ?? ""),
            "statistics": .string(statistics?.text ?? ""),
            "errorStats": .string(statistics?.errorText ?? ""),
            "extended": .boolean(isExtended),
            "keyFormat": .string(relation.keyFormatName),
            "valueFormat": .string(relation.valueFormatName),
            "topic": .string(relation.topic?.name ?? ""),
            "partitions": .number(isExtended ? topic?.partitions ?? 0 : 0),
            "replication": .number(isExtended && topic != nil ? 1 : 0),
            "statement": .string(StatementText.shown(snapshot.statements[relation.name] ?? "")),
            "queryOffsetSummaries": .array(isExtended ? readers.compactMap { offsets($0, snapshot) } : []),
            "sourceConstraints": .array(constraints(relation, plan)),
            "clusterStatistics": [],
            "clusterErrorStats": [],
        ]
    }

    /// What of a topic each query has left to read.
    private static func offsets(_ query: QueryPlan, _ snapshot: EngineSnapshot) -> JSONValue? {
        guard let standing = snapshot.standing(of: query) else { return nil }
        let summaries = standing.status.sources.map { source -> JSONValue in
            ["kafkaTopic": .string(source.name), "lagBytes": .number(source.lagBytes), "offsets": []]
        }
        return ["groupId": .string(query.id), "topicSummaries": .array(summaries)]
    }

    /// Relations that are made of it, and so must be dropped before it.
    private static func constraints(_ relation: Relation, _ plan: PipelinePlan) -> [JSONValue] {
        let made = plan.queries.filter { query in
            query.insertion == nil && query.sources.contains { $0.name == relation.name }
        }
        return Array(Set(made.map(\.output.name))).sorted().map { .string($0) }
    }
}
