import Columnar

/// A record of a topic as Kafka Connect's sinks see it: the fields of its key and of its value.
public struct ConnectRecord: Sendable {
    /// Where a field comes from.
    public enum Content: Hashable, Sendable {
        /// The relation's column.
        case column(Int)
        /// The relation's BIGINT column, whose milliseconds are a TIMESTAMP.
        case instant(Int)
        /// The record's time.
        case rowTime
        case text(String)
    }

    /// One field, by its name.
    public struct Field: Hashable, Sendable {
        public var name: String
        public let content: Content
        public let type: DataType
    }

    /// What `${topic}` stands for.
    public var topic: String
    public var key: [Field]
    public var value: [Field]
    /// Whether the key is one value that has no name.
    public var hasBareKey: Bool
    /// Whether records without a value come through.
    public var passesDeletions = true

    /// Of a relation that lives in no topic the value holds all columns.
    public init(_ relation: Relation, topic: String) {
        self.topic = topic
        let fields = relation.columns.enumerated().map {
            Field(name: $1.name, content: .column($0), type: $1.type)
        }
        key = Array(fields[..<relation.keyCount])
        let end = relation.keyCount + relation.recordValues.count
        value = relation.topic == nil ? fields : Array(fields[relation.keyCount..<end])
        hasBareKey = relation.keyCount == 1 && relation.windowing == nil
    }
}
