/// `CREATE TYPE [IF NOT EXISTS] name AS type`.
public struct CreateType: Hashable, Sendable {
    public var ifNotExists: Bool
    public var name: Identifier
    public var type: TypeName

    public init(ifNotExists: Bool = false, name: Identifier, type: TypeName) {
        self.ifNotExists = ifNotExists
        self.name = name
        self.type = type
    }
}
