/// A partition by its topic's name.
struct TopicPartition: Hashable, Sendable {
    let topic: String
    let partition: Int32
}
