import Diagnostics

/// What a consumer has got.
public struct KafkaTake: Sendable {
    /// Something that is wrong with a partition.
    public struct Failure: Sendable {
        /// What is to be done about it.
        public enum Kind: Sendable {
            /// The offset that was to be read is not there: deleted, or not yet written.
            case outOfRange
            /// The topic or partition is not there.
            case gone
            /// It passes by itself.
            case passing
            case refused
        }

        public let kind: Kind
        public let partition: Int
        public let reason: Diagnostic
    }

    /// In the order in which they came, one for each partition.
    public var messages: [KafkaMessages] = []
    /// Partitions that have no more for now, and the offset that comes next there.
    public var ends: [(partition: Int, offset: Int64)] = []
    public var failures: [Failure] = []

    public init() {}

    public var isEmpty: Bool { messages.isEmpty && ends.isEmpty && failures.isEmpty }
}
