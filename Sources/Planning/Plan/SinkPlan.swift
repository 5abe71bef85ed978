import Expressions

/// `CREATE SINK CONNECTOR`: which relation goes where.
public struct SinkPlan: Sendable {
    public let name: String
    /// `connector.class` in lower case, such as `delta`.
    public let connectorClass: String
    public let from: Relation
    /// All properties; the connector takes its own from them and refuses what it does not know.
    public let properties: ConnectorProperties
}
