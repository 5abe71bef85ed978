/// `CREATE SINK|SOURCE CONNECTOR [IF NOT EXISTS] name WITH (…)`.
public struct CreateConnector: Hashable, Sendable {
    /// Which way a connector moves data.
    public enum Direction: String, Hashable, Sendable {
        case sink = "SINK"
        case source = "SOURCE"
    }

    public var direction: Direction
    public var ifNotExists: Bool
    public var name: Identifier
    public var properties: [Property]

    public init(
        direction: Direction, ifNotExists: Bool = false, name: Identifier, properties: [Property]
    ) {
        self.direction = direction
        self.ifNotExists = ifNotExists
        self.name = name
        self.properties = properties
    }
}
