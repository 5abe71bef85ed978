/// The Kafka protocol's numbers for what went wrong, of those that this broker answers with.
enum ErrorCode: Int16 {
    case unknownServerError = -1
    case none = 0
    case offsetOutOfRange = 1
    case corruptMessage = 2
    case unknownTopicOrPartition = 3
    case coordinatorNotAvailable = 15
    case invalidTopic = 17
    case messageTooLarge = 10
    case offsetMetadataTooLarge = 12
    case invalidRequiredAcks = 21
    case illegalGeneration = 22
    case inconsistentGroupProtocol = 23
    case invalidGroupID = 24
    case unknownMemberID = 25
    case invalidSessionTimeout = 26
    case rebalanceInProgress = 27
    case clusterAuthorizationFailed = 31
    case invalidTimestamp = 32
    case unsupportedSASLMechanism = 33
    case illegalSASLState = 34
    case unsupportedVersion = 35
    case topicAlreadyExists = 36
    case invalidPartitions = 37
    case invalidReplicationFactor = 38
    case invalidReplicaAssignment = 39
    case invalidConfig = 40
    case invalidRequest = 42
    case unsupportedForMessageFormat = 43
    case outOfOrderSequenceNumber = 45
    case invalidProducerEpoch = 47
    case invalidTransactionState = 48
    case invalidProducerIDMapping = 49
    case invalidTransactionTimeout = 50
    case concurrentTransactions = 51
    case transactionCoordinatorFenced = 52
    case notAttempted = 55
    case storageError = 56
    case saslAuthenticationFailed = 58
    case nonEmptyGroup = 68
    case groupIDNotFound = 69
    case fetchSessionIDNotFound = 70
    case invalidFetchSessionEpoch = 71
    case unknownLeaderEpoch = 75
    case unsupportedCompressionType = 76
    case memberIDRequired = 79
    case groupMaxSizeReached = 81
    case fencedInstanceID = 82
    case groupSubscribedToTopic = 86
    case invalidRecord = 87
    case unstableOffsetCommit = 88
    case producerFenced = 90
    case unknownTopicID = 100
    case transactionalIDNotFound = 105

    init(_ error: LogError) {
        switch error {
        case .offsetOutOfRange: self = .offsetOutOfRange
        case .records(let error): self.init(error)
        case .outOfOrderSequence: self = .outOfOrderSequenceNumber
        case .fencedProducer: self = .invalidProducerEpoch
        case .fencedCoordinator: self = .transactionCoordinatorFenced
        case .transactionState: self = .invalidTransactionState
        case .outsideTransaction(let code): self = code
        case .storage, .stopped: self = .storageError
        }
    }

    init(_ error: RecordError) {
        switch error {
        case .incomplete, .corrupt: self = .corruptMessage
        case .unsupported(let what):
            self = what.hasPrefix("compression") ? .unsupportedCompressionType : .unsupportedForMessageFormat
        case .tooLarge: self = .messageTooLarge
        case .invalid: self = .invalidRecord
        }
    }

    init(_ error: TopicError) {
        switch error {
        case .exists: self = .topicAlreadyExists
        case .unknown: self = .unknownTopicOrPartition
        case .invalidName: self = .invalidTopic
        case .invalidPartitions: self = .invalidPartitions
        case .invalidConfiguration: self = .invalidConfig
        case .storage, .corrupt: self = .storageError
        }
    }
}

extension TopicError {
    /// What a client is told beside the code.
    var message: String {
        switch self {
        case .exists(let name): "the topic '\(name)' exists already"
        case .unknown(let name): "there is no topic or partition '\(name)'"
        case .invalidName(let name, let reason): "'\(name)' is no name for a topic: \(reason)"
        case .invalidPartitions(let reason): reason
        case .invalidConfiguration(let refusal): "\(refusal.name): \(refusal.reason)"
        case .storage(let error): "the disk did not do it: \(error.reason)"
        case .corrupt(let path): "\(path) is damaged"
        }
    }
}

extension LogError {
    /// What a client is told beside the code.
    var message: String {
        switch self {
        case .offsetOutOfRange(let start, let end): "the log has the offsets from \(start) to below \(end)"
        case .records(let error): error.description
        case .outOfOrderSequence(let expected, let found): "sequence \(found), where \(expected) was expected"
        case .fencedProducer(let epoch): "the producer has the epoch \(epoch) by now"
        case .fencedCoordinator(let epoch): "the coordinator has the epoch \(epoch) by now"
        case .transactionState(let reason): reason
        case .outsideTransaction: "not a part of the producer's transaction"
        case .storage(let error): "the disk did not do it: \(error.reason)"
        case .stopped(let reason): "the log takes nothing: \(reason)"
        }
    }
}
