/// The requests that are answered, and in which versions.
enum SupportedRequests {
    private static let keys: [APIKey] = [
        .produce, .fetch, .listOffsets, .metadata, .offsetCommit, .offsetFetch, .findCoordinator, .joinGroup,
        .heartbeat, .leaveGroup, .syncGroup, .describeGroups, .listGroups, .saslHandshake, .apiVersions,
        .createTopics, .deleteTopics, .deleteRecords, .initProducerID, .offsetForLeaderEpoch,
        .addPartitionsToTxn, .addOffsetsToTxn, .endTxn, .writeTxnMarkers, .txnOffsetCommit, .describeConfigs,
        .alterConfigs, .saslAuthenticate, .createPartitions, .deleteGroups, .incrementalAlterConfigs,
        .offsetDelete, .describeCluster, .describeProducers, .describeTransactions, .listTransactions,
        .describeTopicPartitions,
    ]

    static let versions: [APIKey: ClosedRange<Int16>] = {
        var versions: [APIKey: ClosedRange<Int16>] = [:]
        for key in keys { versions[key] = key.validVersions }
        // Clients before 2017 send older message formats, which are turned into today's.
        versions[.produce] = 0...key(.produce)
        // Clients of some years ago ask so for the same; their forms are still described.
        versions[.createTopics] = 0...key(.createTopics)
        versions[.deleteTopics] = 0...key(.deleteTopics)
        versions[.describeConfigs] = 0...key(.describeConfigs)
        // From here on a client would leave it to the broker to add partitions to its transaction (KIP-890).
        versions[.endTxn] = 0...4
        versions[.txnOffsetCommit] = 0...4
        // From here on a transaction may be prepared and decided later (KIP-939).
        versions[.initProducerID] = 0...5
        // From here on a group may have members of the newer protocol (KIP-848).
        versions[.offsetCommit] = 2...8
        versions[.offsetFetch] = 1...8
        return versions
    }()

    private static func key(_ key: APIKey) -> Int16 { key.validVersions.upperBound }
}
