import Formats
import Planning

/// `queries`: SHOW QUERIES.
struct QueryList: Entity {
    let queries: [JSONValue]

    init(of snapshot: EngineSnapshot) {
        queries = snapshot.plan.queries.map(snapshot.entry) + snapshot.pushQueries.map(Self.entry)
    }

    var type: String { "queries" }
    var members: [JSONValue.Member] { [.init("queries", .array(queries))] }

    private static func entry(_ push: (id: String, statement: String)) -> JSONValue {
        [
            "queryString": .string(StatementText.shown(push.statement)), "sinks": [],
            "sinkKafkaTopics": [], "id": .string(push.id), "statusCount": ["RUNNING": 1],
            "queryType": "PUSH", "state": "RUNNING",
        ]
    }
}

extension EngineSnapshot {
    func standing(of query: QueryPlan) -> Standing? { queries.first { $0.id == query.id } }

    /// ksqlDB's word; a query that nothing is known of has just begun.
    func state(of query: QueryPlan) -> String { (standing(of: query)?.state ?? .running).rawValue }

    /// The statement that started a query.
    func text(of query: QueryPlan) -> String {
        StatementText.shown(statements[query.id] ?? statements[query.output.name] ?? "")
    }

    /// A persistent query as lists and descriptions show it.
    func entry(_ query: QueryPlan) -> JSONValue {
        let state = state(of: query)
        return [
            "queryString": .string(text(of: query)), "sinks": [.string(query.output.name)],
            "sinkKafkaTopics": .array(query.output.topic.map { [.string($0.name)] } ?? []),
            "id": .string(query.id), "statusCount": .object([.init(state, 1)]),
            "queryType": "PERSISTENT", "state": .string(state),
        ]
    }
}
