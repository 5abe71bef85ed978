import Connectors
import Formats

/// `connector_plugins_list`: SHOW CONNECTOR PLUGINS.
struct ConnectorPluginList: Entity {
    let classes: [String]
    let version: String

    var type: String { "connector_plugins_list" }

    var members: [JSONValue.Member] {
        [
            .init(
                "connectorPlugins",
                .array(
                    classes.map {
                        ["className": .string($0), "type": "sink", "version": .string(version)]
                    }))
        ]
    }
}
