import Formats

/// `assert_topic`: ASSERT TOPIC that holds.
struct AssertedTopic: Entity {
    let name: String
    let exists: Bool

    var type: String { "assert_topic" }

    var members: [JSONValue.Member] {
        [.init("topicName", .string(name)), .init("exists", .boolean(exists))]
    }
}
