/// Where and how a relation's changelog is written as messages.
public struct TopicProperties: Hashable, Sendable {
    public var name: String
    public var keyFormat: SourceProperties.Format
    public var valueFormat: SourceProperties.Format
    public var delimiter: String?
    public var keyDelimiter: String?
    /// Whether a key of several columns that are all NULL is written; if not, such a record has no key.
    public var writesNullKeys = false
    /// Whether a value of one column is an object with one field; if not, it is the bare value.
    public var wrapsSingleValue = true
    /// How many partitions it gets where the statement makes it; nil where the statement does not say.
    public var partitions: Int?
    /// On how many brokers each is kept where the statement makes it; nil leaves it to the cluster.
    public var replicas: Int?
    /// How long its records are kept at least, milliseconds; nil is for ever.
    public var retention: Int64?
    /// The registered schemas that records are written with, for formats that have them.
    public var keySchemaID: Int32?
    public var valueSchemaID: Int32?
    /// Properties that whoever reads or writes the topic understands, by lower-case name.
    public var connectorOptions: [String: String] = [:]

    public init(
        name: String, keyFormat: SourceProperties.Format, valueFormat: SourceProperties.Format,
        delimiter: String? = nil
    ) {
        self.name = name
        self.keyFormat = keyFormat
        self.valueFormat = valueFormat
        self.delimiter = delimiter
    }
}
