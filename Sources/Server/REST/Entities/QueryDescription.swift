import Formats
import Planning

/// `queryDescription`: EXPLAIN.
struct QueryDescription: Entity {
    let description: JSONValue

    var type: String { "queryDescription" }
    var members: [JSONValue.Member] { [.init("queryDescription", description)] }

    /// A persistent query at work.
    init(_ query: QueryPlan, of snapshot: EngineSnapshot, address: String) {
        description = Self.json(
            query, snapshot.plan, id: query.id, text: snapshot.text(of: query), type: "PERSISTENT",
            state: snapshot.state(of: query), address: address,
            errors: snapshot.standing(of: query)?.failure.map { [$0.answer] } ?? [])
    }

    /// What a statement would start.
    init(planned query: QueryPlan, text: String, of snapshot: EngineSnapshot) {
        description = Self.json(
            query, snapshot.plan, id: "", text: text, type: "PERSISTENT", state: nil, address: "", errors: [])
    }

    /// A SELECT of its own, whose rows another query may make.
    init(_ answer: AnswerPlan, madeBy maker: QueryPlan?, text: String, of snapshot: EngineSnapshot) {
        let sources = maker?.sources ?? [answer.source]
        let type = answer.isPush ? "PUSH" : "PULL"
        let read = sources.map { "\($0.name) (\($0.kind.rawValue))" }.joined(separator: ", ")
        description = Self.members(
            id: "", text: text, window: answer.source.windowType(in: snapshot.plan),
            fields: FieldSchema.fields(of: answer.columns), sources: sources.map(\.name), sinks: [],
            plan: maker?.explanation ?? "\(type.lowercased()) from \(read)", type: type, state: nil,
            address: "", errors: [])
    }

    private static func json(
        _ query: QueryPlan, _ plan: PipelinePlan, id: String, text: String, type: String, state: String?,
        address: String, errors: [String]
    ) -> JSONValue {
        members(
            id: id, text: text, window: query.output.windowType(in: plan),
            fields: FieldSchema.fields(of: query.output), sources: query.sources.map(\.name),
            sinks: [query.output.name], plan: query.explanation, type: type,
            state: state, address: address, errors: errors)
    }

    private static func members(
        id: String, text: String, window: JSONValue, fields: JSONValue, sources: [String], sinks: [String],
        plan: String, type: String, state: String?, address: String, errors: [String]
    ) -> JSONValue {
        [
            "id": .string(id), "statementText": .string(text), "windowType": window, "fields": fields,
            "sources": .array(sources.map { .string($0) }), "sinks": .array(sinks.map { .string($0) }),
            "topology": .string(plan), "executionPlan": .string(plan), "overriddenProperties": [:],
            "ksqlHostQueryStatus": state.map { .object([.init(address, .string($0))]) } ?? [:],
            "queryType": .string(type),
            "queryErrors": .array(errors.map { ["errorMessage": .string($0), "type": "USER"] }),
            "tasksMetadata": [], "state": state.map { .string($0) } ?? .null,
        ]
    }
}
