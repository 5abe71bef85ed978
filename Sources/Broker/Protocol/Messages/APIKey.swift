// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// What a request asks for: the number in its header.
enum APIKey: Int16, CaseIterable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case metadata = 3
    case offsetCommit = 8
    case offsetFetch = 9
    case findCoordinator = 10
    case joinGroup = 11
    case heartbeat = 12
    case leaveGroup = 13
    case syncGroup = 14
    case describeGroups = 15
    case listGroups = 16
    case saslHandshake = 17
    case apiVersions = 18
    case createTopics = 19
    case deleteTopics = 20
    case deleteRecords = 21
    case initProducerID = 22
    case offsetForLeaderEpoch = 23
    case addPartitionsToTxn = 24
    case addOffsetsToTxn = 25
    case endTxn = 26
    case writeTxnMarkers = 27
    case txnOffsetCommit = 28
    case describeAcls = 29
    case createAcls = 30
    case deleteAcls = 31
    case describeConfigs = 32
    case alterConfigs = 33
    case alterReplicaLogDirs = 34
    case describeLogDirs = 35
    case saslAuthenticate = 36
    case createPartitions = 37
    case deleteGroups = 42
    case electLeaders = 43
    case incrementalAlterConfigs = 44
    case alterPartitionReassignments = 45
    case listPartitionReassignments = 46
    case offsetDelete = 47
    case describeClientQuotas = 48
    case alterClientQuotas = 49
    case describeUserScramCredentials = 50
    case alterUserScramCredentials = 51
    case describeQuorum = 55
    case updateFeatures = 57
    case describeCluster = 60
    case describeProducers = 61
    case describeTransactions = 65
    case listTransactions = 66
    case listConfigResources = 74
    case describeTopicPartitions = 75

    /// Versions that Kafka 4 speaks.
    var validVersions: ClosedRange<Int16> {
        switch self {
        case .produce: ProduceRequest.validVersions
        case .fetch: FetchRequest.validVersions
        case .listOffsets: ListOffsetsRequest.validVersions
        case .metadata: MetadataRequest.validVersions
        case .offsetCommit: OffsetCommitRequest.validVersions
        case .offsetFetch: OffsetFetchRequest.validVersions
        case .findCoordinator: FindCoordinatorRequest.validVersions
        case .joinGroup: JoinGroupRequest.validVersions
        case .heartbeat: HeartbeatRequest.validVersions
        case .leaveGroup: LeaveGroupRequest.validVersions
        case .syncGroup: SyncGroupRequest.validVersions
        case .describeGroups: DescribeGroupsRequest.validVersions
        case .listGroups: ListGroupsRequest.validVersions
        case .saslHandshake: SaslHandshakeRequest.validVersions
        case .apiVersions: ApiVersionsRequest.validVersions
        case .createTopics: CreateTopicsRequest.validVersions
        case .deleteTopics: DeleteTopicsRequest.validVersions
        case .deleteRecords: DeleteRecordsRequest.validVersions
        case .initProducerID: InitProducerIdRequest.validVersions
        case .offsetForLeaderEpoch: OffsetForLeaderEpochRequest.validVersions
        case .addPartitionsToTxn: AddPartitionsToTxnRequest.validVersions
        case .addOffsetsToTxn: AddOffsetsToTxnRequest.validVersions
        case .endTxn: EndTxnRequest.validVersions
        case .writeTxnMarkers: WriteTxnMarkersRequest.validVersions
        case .txnOffsetCommit: TxnOffsetCommitRequest.validVersions
        case .describeAcls: DescribeAclsRequest.validVersions
        case .createAcls: CreateAclsRequest.validVersions
        case .deleteAcls: DeleteAclsRequest.validVersions
        case .describeConfigs: DescribeConfigsRequest.validVersions
        case .alterConfigs: AlterConfigsRequest.validVersions
        case .alterReplicaLogDirs: AlterReplicaLogDirsRequest.validVersions
        case .describeLogDirs: DescribeLogDirsRequest.validVersions
        case .saslAuthenticate: SaslAuthenticateRequest.validVersions
        case .createPartitions: CreatePartitionsRequest.validVersions
        case .deleteGroups: DeleteGroupsRequest.validVersions
        case .electLeaders: ElectLeadersRequest.validVersions
        case .incrementalAlterConfigs: IncrementalAlterConfigsRequest.validVersions
        case .alterPartitionReassignments: AlterPartitionReassignmentsRequest.validVersions
        case .listPartitionReassignments: ListPartitionReassignmentsRequest.validVersions
        case .offsetDelete: OffsetDeleteRequest.validVersions
        case .describeClientQuotas: DescribeClientQuotasRequest.validVersions
        case .alterClientQuotas: AlterClientQuotasRequest.validVersions
        case .describeUserScramCredentials: DescribeUserScramCredentialsRequest.validVersions
        case .alterUserScramCredentials: AlterUserScramCredentialsRequest.validVersions
        case .describeQuorum: DescribeQuorumRequest.validVersions
        case .updateFeatures: UpdateFeaturesRequest.validVersions
        case .describeCluster: DescribeClusterRequest.validVersions
        case .describeProducers: DescribeProducersRequest.validVersions
        case .describeTransactions: DescribeTransactionsRequest.validVersions
        case .listTransactions: ListTransactionsRequest.validVersions
        case .listConfigResources: ListConfigResourcesRequest.validVersions
        case .describeTopicPartitions: DescribeTopicPartitionsRequest.validVersions
        }
    }

    /// The version of the header that stands before the request.
    func requestHeaderVersion(_ version: Int16) -> Int16 {
        version >= firstFlexibleVersion ? 2 : 1
    }

    /// ApiVersions answers in the old form, as who asks may not know the new one (KIP-511).
    func responseHeaderVersion(_ version: Int16) -> Int16 {
        version >= firstFlexibleVersion && self != .apiVersions ? 1 : 0
    }

    var firstFlexibleVersion: Int16 {
        switch self {
        case .produce: ProduceRequest.firstFlexibleVersion
        case .fetch: FetchRequest.firstFlexibleVersion
        case .listOffsets: ListOffsetsRequest.firstFlexibleVersion
        case .metadata: MetadataRequest.firstFlexibleVersion
        case .offsetCommit: OffsetCommitRequest.firstFlexibleVersion
        case .offsetFetch: OffsetFetchRequest.firstFlexibleVersion
        case .findCoordinator: FindCoordinatorRequest.firstFlexibleVersion
        case .joinGroup: JoinGroupRequest.firstFlexibleVersion
        case .heartbeat: HeartbeatRequest.firstFlexibleVersion
        case .leaveGroup: LeaveGroupRequest.firstFlexibleVersion
        case .syncGroup: SyncGroupRequest.firstFlexibleVersion
        case .describeGroups: DescribeGroupsRequest.firstFlexibleVersion
        case .listGroups: ListGroupsRequest.firstFlexibleVersion
        case .saslHandshake: SaslHandshakeRequest.firstFlexibleVersion
        case .apiVersions: ApiVersionsRequest.firstFlexibleVersion
        case .createTopics: CreateTopicsRequest.firstFlexibleVersion
        case .deleteTopics: DeleteTopicsRequest.firstFlexibleVersion
        case .deleteRecords: DeleteRecordsRequest.firstFlexibleVersion
        case .initProducerID: InitProducerIdRequest.firstFlexibleVersion
        case .offsetForLeaderEpoch: OffsetForLeaderEpochRequest.firstFlexibleVersion
        case .addPartitionsToTxn: AddPartitionsToTxnRequest.firstFlexibleVersion
        case .addOffsetsToTxn: AddOffsetsToTxnRequest.firstFlexibleVersion
        case .endTxn: EndTxnRequest.firstFlexibleVersion
        case .writeTxnMarkers: WriteTxnMarkersRequest.firstFlexibleVersion
        case .txnOffsetCommit: TxnOffsetCommitRequest.firstFlexibleVersion
        case .describeAcls: DescribeAclsRequest.firstFlexibleVersion
        case .createAcls: CreateAclsRequest.firstFlexibleVersion
        case .deleteAcls: DeleteAclsRequest.firstFlexibleVersion
        case .describeConfigs: DescribeConfigsRequest.firstFlexibleVersion
        case .alterConfigs: AlterConfigsRequest.firstFlexibleVersion
        case .alterReplicaLogDirs: AlterReplicaLogDirsRequest.firstFlexibleVersion
        case .describeLogDirs: DescribeLogDirsRequest.firstFlexibleVersion
        case .saslAuthenticate: SaslAuthenticateRequest.firstFlexibleVersion
        case .createPartitions: CreatePartitionsRequest.firstFlexibleVersion
        case .deleteGroups: DeleteGroupsRequest.firstFlexibleVersion
        case .electLeaders: ElectLeadersRequest.firstFlexibleVersion
        case .incrementalAlterConfigs: IncrementalAlterConfigsRequest.firstFlexibleVersion
        case .alterPartitionReassignments: AlterPartitionReassignmentsRequest.firstFlexibleVersion
        case .listPartitionReassignments: ListPartitionReassignmentsRequest.firstFlexibleVersion
        case .offsetDelete: OffsetDeleteRequest.firstFlexibleVersion
        case .describeClientQuotas: DescribeClientQuotasRequest.firstFlexibleVersion
        case .alterClientQuotas: AlterClientQuotasRequest.firstFlexibleVersion
        case .describeUserScramCredentials: DescribeUserScramCredentialsRequest.firstFlexibleVersion
        case .alterUserScramCredentials: AlterUserScramCredentialsRequest.firstFlexibleVersion
        case .describeQuorum: DescribeQuorumRequest.firstFlexibleVersion
        case .updateFeatures: UpdateFeaturesRequest.firstFlexibleVersion
        case .describeCluster: DescribeClusterRequest.firstFlexibleVersion
        case .describeProducers: DescribeProducersRequest.firstFlexibleVersion
        case .describeTransactions: DescribeTransactionsRequest.firstFlexibleVersion
        case .listTransactions: ListTransactionsRequest.firstFlexibleVersion
        case .listConfigResources: ListConfigResourcesRequest.firstFlexibleVersion
        case .describeTopicPartitions: DescribeTopicPartitionsRequest.firstFlexibleVersion
        }
    }
}
