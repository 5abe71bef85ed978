/// `DESCRIBE …`.
public enum Describe: Hashable, Sendable {
    case source(Identifier, isExtended: Bool)
    case streams(isExtended: Bool)
    case tables(isExtended: Bool)
    case function(Identifier)
    case connector(Identifier)
}
