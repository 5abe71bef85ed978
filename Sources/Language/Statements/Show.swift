/// `SHOW|LIST what [EXTENDED]`.
public struct Show: Hashable, Sendable {
    /// What is listed.
    public enum Subject: Hashable, Sendable {
        case streams, tables, queries, functions, types, variables, properties
        /// With `ALL`, internal topics too.
        case topics(all: Bool)
        case connectors(CreateConnector.Direction?)
        case connectorPlugins
    }

    public var subject: Subject
    public var isExtended: Bool

    public init(_ subject: Subject, isExtended: Bool = false) {
        self.subject = subject
        self.isExtended = isExtended
    }
}
