import Formats
import Planning

/// `streams` and `tables`: SHOW STREAMS, SHOW TABLES.
struct RelationList: Entity {
    let kind: Relation.Kind
    let relations: [Relation]

    init(_ kind: Relation.Kind, of snapshot: EngineSnapshot) {
        self.kind = kind
        relations = snapshot.relations(kind)
    }

    var type: String { kind == .stream ? "streams" : "tables" }

    var members: [JSONValue.Member] { [.init(type, .array(relations.map(entry)))] }

    private func entry(_ relation: Relation) -> JSONValue {
        [
            "type": .string(kind.rawValue), "name": .string(relation.name),
            "topic": .string(relation.topic?.name ?? ""), "keyFormat": .string(relation.keyFormatName),
            "valueFormat": .string(relation.valueFormatName),
            "isWindowed": .boolean(relation.windowing != nil),
        ]
    }
}

extension EngineSnapshot {
    /// By name.
    func relations(_ kind: Relation.Kind) -> [Relation] {
        plan.catalogue.relations.values.filter { $0.kind == kind }.sorted { $0.name < $1.name }
    }
}

extension Relation {
    var keyFormatName: String { (topic?.keyFormat ?? source?.keyFormat ?? .none).rawValue }
    var valueFormatName: String { (topic?.valueFormat ?? source?.valueFormat ?? .none).rawValue }

    /// ksqlDB's word for its windows; null without.
    func windowType(in plan: PipelinePlan) -> JSONValue {
        switch windowing {
        case nil: return .null
        case .session: return "SESSION"
        case .time:
            // The key does not tell whether windows overlap; the query that makes it does.
            let maker = plan.queries.first { $0.output.name == name && $0.insertion == nil }
            if case .aggregation(let aggregation) = maker?.shape,
                case .hopping? = aggregation.window?.kind
            {
                return "HOPPING"
            }
            if let maker, case .projection = maker.shape, let source = maker.sources.first,
                let relation = plan.catalogue.relation(source.name)
            {
                return relation.windowType(in: plan)
            }
            return "TUMBLING"
        }
    }
}
