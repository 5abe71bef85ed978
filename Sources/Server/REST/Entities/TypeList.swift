import Formats

/// `type_list`: SHOW TYPES.
struct TypeList: Entity {
    let types: [JSONValue.Member]

    init(of snapshot: EngineSnapshot) {
        types = snapshot.plan.catalogue.types.sorted { $0.key < $1.key }.map {
            .init($0.key, FieldSchema.json($0.value))
        }
    }

    var type: String { "type_list" }
    var members: [JSONValue.Member] { [.init("types", .object(types))] }
}
