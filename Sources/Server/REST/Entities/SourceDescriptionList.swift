import Formats
import Planning

/// `source_descriptions`: DESCRIBE STREAMS, SHOW TABLES EXTENDED and the like.
struct SourceDescriptionList: Entity {
    let descriptions: [JSONValue]

    init(_ kind: Relation.Kind, of snapshot: EngineSnapshot, isExtended: Bool) {
        descriptions = snapshot.relations(kind).map { SourceDescription.json($0, snapshot, isExtended) }
    }

    var type: String { "source_descriptions" }
    var members: [JSONValue.Member] { [.init("sourceDescriptions", .array(descriptions))] }
}
