/// `CREATE [OR REPLACE] SINK CONNECTOR [IF NOT EXISTS] name WITH (…)`, or of a SOURCE without OR REPLACE.
public struct CreateConnector: Hashable, Sendable {
    /// Which way a connector moves data.
    public enum Direction: String, Hashable, Sendable {
        case sink = "SINK"
        case source = "SOURCE"
    }

    public var direction: Direction
    public var orReplace: Bool
    public var ifNotExists: Bool
    public var name: Identifier
    public var properties: [Property]

    public init(
        direction: Direction, orReplace: Bool = false, ifNotExists: Bool = false, name: Identifier,
        properties: [Property]
    ) {
        self.direction = direction
        self.orReplace = orReplace
        self.ifNotExists = ifNotExists
        self.name = name
        self.properties = properties
    }
}
