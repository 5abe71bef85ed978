import Formats

/// `drop_connector`: DROP CONNECTOR.
struct DroppedConnector: Entity {
    let name: String

    var type: String { "drop_connector" }
    var members: [JSONValue.Member] { [.init("connectorName", .string(name))] }
}
