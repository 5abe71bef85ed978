import Diagnostics
import Expressions

/// `CREATE SINK CONNECTOR`: which relation goes where.
public struct SinkPlan: Sendable {
    public let name: String
    /// The connector that it is of, which has the same name unless that writes several topics.
    public let connector: String
    /// `connector.class` in lower case, such as `delta`.
    public let connectorClass: String
    public let from: Relation
    /// All properties; the connector takes its own from them and refuses what it does not know.
    public let properties: ConnectorProperties
    /// What a configuration of Kafka Connect makes of the relation's records; nil for Millrace's own.
    public let connect: ConnectSink?

    public init(
        name: String, connector: String? = nil, connectorClass: String, from: Relation,
        properties: ConnectorProperties, connect: ConnectSink? = nil
    ) {
        self.name = name
        self.connector = connector ?? name
        self.connectorClass = connectorClass
        self.from = from
        self.properties = properties
        self.connect = connect
    }

    /// The class as the statement names it.
    public var className: String { properties.text("connector.class") ?? connectorClass }

    /// The task of a server that it is a part of: one of its own where its relation has a topic.
    public var unitName: String {
        from.topic == nil ? PipelinePlan.localUnit : PlanUnit.sinkPrefix + name
    }

    /// The same sink, of the relation as it is by now.
    func taking(_ relation: Relation) -> SinkPlan {
        SinkPlan(
            name: name, connector: connector, connectorClass: connectorClass, from: relation,
            properties: properties, connect: connect)
    }
}
