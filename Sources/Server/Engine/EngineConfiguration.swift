import Registry

/// Where a server keeps what it has, and how its queries work.
public struct EngineConfiguration: Sendable {
    /// Holds the statements, the topics and the state of the queries.
    public var directory: String
    /// Threads that all queries share.
    public var threads = 2
    /// A query commits what it has taken at least so often, in milliseconds.
    public var triggerMilliseconds = 100
    /// Settings that hold where a statement's session has none of that name.
    public var properties: [String: String] = [:]
    /// The service's name, as `ksql.service.id` of clients.
    public var serviceID = "default_"

    /// Where schemas are; nil keeps them in the directory.
    public var registry: (any SchemaDirectory)?

    public init(directory: String) { self.directory = directory }
}
