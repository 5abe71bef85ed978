import Diagnostics
import Formats
import Language

/// `connector_info`: CREATE CONNECTOR.
struct ConnectorInfo: Entity {
    let create: CreateConnector

    var type: String { "connector_info" }

    var members: [JSONValue.Member] {
        let name = create.name.text
        let config = create.properties.map { property -> JSONValue.Member in
            let isSecret = property.name.lowercased().hasSuffix("password")
            return .init(
                property.name, .string(isSecret ? "******" : SecretMask.masked(property.value.text ?? "")))
        }
        return [
            .init(
                "info",
                [
                    "name": .string(name), "config": .object(config + [.init("name", .string(name))]),
                    "tasks": [["connector": .string(name), "task": 0]],
                    "type": .string(create.direction.rawValue.lowercased()),
                ])
        ]
    }
}
