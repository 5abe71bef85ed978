/// A topic as the cluster describes it.
public struct KafkaTopic: Sendable {
    /// One of its partitions, and who has it.
    public struct Partition: Sendable {
        public let number: Int
        /// The broker that leads it; nil while there is none.
        public let leader: Int?
        public let replicas: [Int]
        /// The replicas that have all of it.
        public let inSync: [Int]
    }

    /// One of its settings.
    public struct Property: Sendable {
        public let name: String
        public let value: String
        /// Whether the value is what topics have that say nothing.
        public let isStandard: Bool
    }

    public let name: String
    /// By number.
    public let partitions: [Partition]

    /// Whether it is the cluster's own.
    public var isInternal: Bool { name.hasPrefix("__") }
}
