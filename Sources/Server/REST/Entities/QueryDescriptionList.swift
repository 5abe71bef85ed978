import Formats

/// `query_descriptions`: SHOW QUERIES EXTENDED.
struct QueryDescriptionList: Entity {
    let descriptions: [JSONValue]

    init(of snapshot: EngineSnapshot, address: String) {
        descriptions = snapshot.plan.queries.map {
            QueryDescription($0, of: snapshot, address: address).description
        }
    }

    var type: String { "query_descriptions" }
    var members: [JSONValue.Member] { [.init("queryDescriptions", .array(descriptions))] }
}
