extension ConsumerGroup {
    /// The topics that members of a group of consumers have subscribed to, as far as they say so.
    var subscribedTopics: Set<String> {
        guard protocolType == "consumer" else { return [] }
        var topics: Set<String> = []
        for member in members.values {
            for subscription in member.subscriptions {
                let names = try? MessageReader.reading(subscription.metadata) {
                    reader throws(MessageError) -> [String] in
                    let version = try reader.number(Int16.self)
                    // All versions begin alike.
                    return try ConsumerProtocolSubscription(from: &reader, version: min(max(version, 0), 0))
                        .topics
                }
                topics.formUnion(names ?? [])
            }
        }
        return topics
    }
}

extension GroupCoordinator {
    func group(_ name: String) -> ConsumerGroup? { state.withLock { $0.groups[name] } }

    /// By name.
    var all: [ConsumerGroup] { state.withLock { $0.groups.values.sorted { $0.name < $1.name } } }
}
