import Storage

/// Reads requests, has them answered, and holds what the answers are made from.
///
/// Handlers are extensions of it, one file for a family of requests. They run on the threads of the event
/// loop; what waits for the disk, for other clients or for time goes on elsewhere and answers later.
final class RequestRouter: FrameHandler {
    let topics: TopicCatalogue
    let settings: BrokerSettings
    /// Milliseconds since the epoch.
    let clock: @Sendable () -> Int64
    let alarms: Alarms
    let flusher: Flusher
    /// Answers to fetches that waited.
    let fetchQueue: WorkQueue
    /// Deletions of records, which may wait for long.
    let deletionQueue: WorkQueue
    let fetchSessions: FetchSessions
    let groups: GroupCoordinator
    let transactions: TransactionCoordinator
    let users: Users
    /// Where clients are told to connect.
    let advertised: BrokerAddress
    let clusterID: String

    init(_ parts: BrokerParts, advertised: BrokerAddress) {
        topics = parts.topics
        settings = parts.settings
        clock = parts.clock
        alarms = parts.alarms
        flusher = parts.flusher
        fetchQueue = parts.fetchQueue
        deletionQueue = parts.deletionQueue
        fetchSessions = FetchSessions(limit: parts.settings.fetchSessions)
        groups = parts.groups
        transactions = parts.transactions
        users = parts.users
        clusterID = parts.clusterID
        self.advertised = advertised
    }

    /// The only broker's number.
    static let nodeID: Int32 = 1

    func handle(_ frame: UnsafeRawBufferPointer, _ reply: Reply) -> Bool {
        var reader = MessageReader(frame)
        do throws(MessageError) {
            return try handle(&reader, reply)
        } catch {
            // Who does not speak the protocol is not told more, as by Kafka.
            reply.close()
            return true
        }
    }

    private func handle(_ reader: inout MessageReader, _ reply: Reply) throws(MessageError) -> Bool {
        var peek = reader
        let number = try peek.number(Int16.self)
        let version = try peek.number(Int16.self)
        guard let key = APIKey(rawValue: number), let versions = SupportedRequests.versions[key] else {
            throw .malformed("request \(number)")
        }
        if key == .apiVersions, !versions.contains(version) {
            return refuseVersion(correlationID: try peek.number(), reply)
        }
        guard versions.contains(version) else { throw .malformed("version \(version) of request \(number)") }
        let header = try RequestHeader(from: &reader, version: key.requestHeaderVersion(version))
        let call = Call(
            key: key, version: version, correlationID: header.correlationID, clientID: header.clientID ?? "",
            reply: reply)
        guard !users.isNeeded || reply.connection.session.user != nil || key.isForStrangers else {
            throw .malformed("a request before authentication")
        }
        return try route(call, &reader)
    }

    /// The version 0, which every client can read, with the versions that there are (KIP-511).
    private func refuseVersion(correlationID: Int32, _ reply: Reply) -> Bool {
        let call = Call(
            key: .apiVersions, version: 0, correlationID: correlationID, clientID: "", reply: reply)
        var response = apiVersions()
        response.errorCode = ErrorCode.unsupportedVersion.rawValue
        call.answer(response)
        return true
    }

    private func route(_ call: Call, _ reader: inout MessageReader) throws(MessageError) -> Bool {
        switch call.key {
        case .produce: return produce(try read(&reader, call), call)
        case .fetch: fetch(try read(&reader, call), call)
        case .listOffsets: listOffsets(try read(&reader, call), call)
        case .metadata: metadata(try read(&reader, call), call)
        case .apiVersions: call.answer(apiVersions())
        case .findCoordinator: findCoordinator(try read(&reader, call), call)
        case .offsetForLeaderEpoch: offsetForLeaderEpoch(try read(&reader, call), call)
        case .describeCluster: describeCluster(try read(&reader, call), call)
        case .describeTopicPartitions: describeTopicPartitions(try read(&reader, call), call)
        case .describeProducers: describeProducers(try read(&reader, call), call)
        case .saslHandshake: saslHandshake(try read(&reader, call), call)
        case .saslAuthenticate: saslAuthenticate(try read(&reader, call), call)
        default: try routeChange(call, &reader)
        }
        return false
    }

    private func routeChange(_ call: Call, _ reader: inout MessageReader) throws(MessageError) {
        switch call.key {
        case .createTopics: createTopics(try read(&reader, call), call)
        case .deleteTopics: deleteTopics(try read(&reader, call), call)
        case .createPartitions: createPartitions(try read(&reader, call), call)
        case .deleteRecords: deleteRecords(try read(&reader, call), call)
        case .describeConfigs: describeConfigs(try read(&reader, call), call)
        case .alterConfigs: alterConfigs(try read(&reader, call), call)
        case .incrementalAlterConfigs: incrementalAlterConfigs(try read(&reader, call), call)
        case .joinGroup: joinGroup(try read(&reader, call), call)
        case .syncGroup: syncGroup(try read(&reader, call), call)
        case .heartbeat: heartbeat(try read(&reader, call), call)
        case .leaveGroup: leaveGroup(try read(&reader, call), call)
        case .offsetCommit: offsetCommit(try read(&reader, call), call)
        case .offsetFetch: offsetFetch(try read(&reader, call), call)
        case .describeGroups: describeGroups(try read(&reader, call), call)
        case .listGroups: listGroups(try read(&reader, call), call)
        case .deleteGroups: deleteGroups(try read(&reader, call), call)
        case .offsetDelete: offsetDelete(try read(&reader, call), call)
        default: try routeTransaction(call, &reader)
        }
    }

    private func routeTransaction(_ call: Call, _ reader: inout MessageReader) throws(MessageError) {
        switch call.key {
        case .initProducerID: initProducerID(try read(&reader, call), call)
        case .addPartitionsToTxn: addPartitionsToTransaction(try read(&reader, call), call)
        case .addOffsetsToTxn: addOffsetsToTransaction(try read(&reader, call), call)
        case .txnOffsetCommit: transactionOffsetCommit(try read(&reader, call), call)
        case .endTxn: endTransaction(try read(&reader, call), call)
        case .listTransactions: listTransactions(try read(&reader, call), call)
        case .describeTransactions: describeTransactions(try read(&reader, call), call)
        case .writeTxnMarkers: refuseMarkers(try read(&reader, call), call)
        default: throw .malformed("request \(call.key.rawValue)")
        }
    }

    private func read<Request: Message>(
        _ reader: inout MessageReader, _ call: Call
    ) throws(MessageError) -> Request {
        try Request(from: &reader, version: call.version)
    }
}

extension APIKey {
    /// What may be asked before the client has said who it is.
    fileprivate var isForStrangers: Bool {
        self == .apiVersions || self == .saslHandshake || self == .saslAuthenticate
    }
}
