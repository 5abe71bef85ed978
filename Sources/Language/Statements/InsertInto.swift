/// `INSERT INTO target [WITH (…)] SELECT …`.
public struct InsertInto: Hashable, Sendable {
    public var target: Identifier
    public var properties: [Property]
    public var query: Query

    public init(target: Identifier, properties: [Property] = [], query: Query) {
        self.target = target
        self.properties = properties
        self.query = query
    }
}
