/// A record of a topic as Kafka Connect's sinks see it: the fields of its key and of its value.
public struct ConnectRecord: Sendable {
    /// One field, and where it comes from.
    public struct Field: Hashable, Sendable {
        public var name: String
        /// The relation's column.
        public let column: Int
    }

    /// What `${topic}` stands for.
    public var topic: String
    public var key: [Field]
    public var value: [Field]
    /// Whether the key is one value that has no name.
    public var hasBareKey: Bool

    /// Of a relation that lives in no topic the value holds all columns.
    public init(_ relation: Relation, topic: String) {
        self.topic = topic
        let fields = relation.columns.enumerated().map { Field(name: $1.name, column: $0) }
        key = Array(fields[..<relation.keyCount])
        let end = relation.keyCount + relation.recordValues.count
        value = relation.topic == nil ? fields : Array(fields[relation.keyCount..<end])
        hasBareKey = relation.keyCount == 1 && relation.windowing == nil
    }
}
