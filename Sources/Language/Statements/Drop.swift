/// `DROP STREAM|TABLE|CONNECTOR|TYPE [IF EXISTS] name [DELETE TOPIC]`.
public struct Drop: Hashable, Sendable {
    /// What is dropped.
    public enum Kind: String, Hashable, Sendable {
        case stream = "STREAM"
        case table = "TABLE"
        case connector = "CONNECTOR"
        case type = "TYPE"
    }

    public var kind: Kind
    public var ifExists: Bool
    public var name: Identifier
    /// Only for streams and tables.
    public var deleteTopic: Bool

    public init(kind: Kind, ifExists: Bool = false, name: Identifier, deleteTopic: Bool = false) {
        self.kind = kind
        self.ifExists = ifExists
        self.name = name
        self.deleteTopic = deleteTopic
    }
}
