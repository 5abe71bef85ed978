/// A schema that another one uses: by the name that it is called there, and as which version of which subject
/// it is registered.
public struct SchemaReference: Hashable, Sendable {
    /// An Avro type's full name, or what `$ref` says.
    public let name: String
    public let subject: String
    /// -1 is the latest at the time of registering.
    public let version: Int

    public init(name: String, subject: String, version: Int) {
        self.name = name
        self.subject = subject
        self.version = version
    }
}
