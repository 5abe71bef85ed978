import Diagnostics
import Synchronization

/// The Kafka protocol on a socket, in front of the topics of a `TopicStore`.
///
/// Answers from `init` on until `stop`. The store is its maker's: the same one may be used in the process,
/// and is closed after `stop`. Groups and transactions are kept in two topics of the store, so a store has
/// one server at a time.
public final class BrokerServer: Sendable {
    /// Where it listens, with the port that it has.
    public let address: BrokerAddress
    /// Where clients are told to connect.
    public let advertised: BrokerAddress

    let loop: EventLoop
    private let alarms: Alarms
    private let flushQueue: WorkQueue
    private let fetchQueue: WorkQueue
    private let deletionQueue: WorkQueue
    let groups: GroupCoordinator
    private let transactions: TransactionCoordinator
    private let settings: BrokerSettings

    private static let flushThreads = 4
    private static let fetchThreads = 2
    private static let upkeepMilliseconds: Int64 = 5000
    private static let forgettingMilliseconds: Int64 = 600_000

    /// - Throws: where the address is taken, or what is stored of groups and transactions can't be read.
    public init(_ store: TopicStore, _ settings: BrokerSettings) throws(Diagnostic) {
        self.settings = settings
        var tls: TLSServer?
        if let files = settings.tls { tls = try TLSServer(files) }
        if !settings.passwords.isEmpty, let reason = SHA2.load() {
            throw Diagnostic(
                .unavailable, "passwords can't be checked: \(reason)", hint: "install OpenSSL (libssl3)")
        }
        var tokens: TokenRules?
        if let rules = settings.tokens { tokens = try TokenRules(rules, report: settings.report) }
        alarms = Alarms()
        flushQueue = WorkQueue(threads: Self.flushThreads)
        fetchQueue = WorkQueue(threads: Self.fetchThreads)
        deletionQueue = WorkQueue(threads: 1)
        let flusher = Flusher(flushQueue)
        let catalogue = store.catalogue
        let handler = LateHandler()
        let users = Users(settings.passwords, tokens: tokens)
        var limits = settings.connections
        limits.needsUser = users.isNeeded
        // The port first: two brokers on one directory end here.
        loop = try EventLoop(settings.address, limits, handler, fetchQueue) { [tls] in
            guard let tls else { return Transport($0) }
            return TLSTransport($0, tls)
        }
        address = loop.address
        advertised = settings.advertised ?? loop.address.reachable
        var made: (GroupCoordinator, TransactionCoordinator)?
        var failure: Diagnostic?
        do throws(LogError) {
            let rules = ConsumerGroup.Rules(gatherMilliseconds: settings.gatherMilliseconds)
            let groups = try GroupCoordinator(
                try Self.log(GroupCoordinator.topicName, GroupCoordinator.topicSettings, catalogue), rules,
                flusher, alarms, clock: store.clock, report: settings.report)
            let transactions = try TransactionCoordinator(
                try Self.log(
                    TransactionCoordinator.topicName, TransactionCoordinator.topicSettings, catalogue),
                catalogue, groups, flusher, flushQueue, alarms, clock: store.clock, report: settings.report)
            made = (groups, transactions)
        } catch {
            failure = Diagnostic(
                .corrupt, "what is stored of groups and transactions can't be read: \(error.message)",
                hint: "check the disk; the topics \(GroupCoordinator.topicName) and "
                    + "\(TransactionCoordinator.topicName) hold it")
        }
        guard let (groups, transactions) = made else {
            loop.stop()
            alarms.stop()
            flushQueue.stop()
            fetchQueue.stop()
            deletionQueue.stop()
            throw failure ?? Diagnostic(.io, "the broker could not start")
        }
        self.groups = groups
        self.transactions = transactions
        handler.router = RequestRouter(
            BrokerParts(
                topics: catalogue, settings: settings, clock: store.clock, alarms: alarms, flusher: flusher,
                fetchQueue: fetchQueue, deletionQueue: deletionQueue, groups: groups,
                transactions: transactions, users: users, clusterID: catalogue.clusterID),
            advertised: advertised)
        loop.start(threads: settings.threads)
        keepUp()
    }

    private static func log(
        _ name: String, _ settings: [String: String], _ topics: TopicCatalogue
    ) throws(LogError) -> PartitionLog {
        do throws(TopicError) {
            if topics.topic(name) == nil { try topics.create(name, partitions: 1, settings) }
            return try topics.log(name, 0)
        } catch .storage(let error) {
            throw .storage(error)
        } catch {
            throw .stopped(reason: error.message)
        }
    }

    /// What has to be done from time to time.
    private func keepUp(forgetsAt: Int64 = SteadyClock.milliseconds) {
        loop.closeIdle()
        let now = SteadyClock.milliseconds
        var next = forgetsAt
        if now >= forgetsAt {
            next = now + Self.forgettingMilliseconds
            groups.forgetIdle(longerThan: settings.groupRetentionMilliseconds)
            transactions.forgetIdle(longerThan: settings.groupRetentionMilliseconds)
        }
        alarms.set(at: now + Self.upkeepMilliseconds) { [weak self, next] in
            guard let self else { return }
            flushQueue.run { self.keepUp(forgetsAt: next) }
        }
    }

    /// Clients that are connected now.
    public var connectionCount: Int { loop.connectionCount }

    /// Ends all connections and threads. What was answered is as durable as it was to be.
    public func stop() {
        loop.stop()
        alarms.stop()
        fetchQueue.stop()
        deletionQueue.stop()
        flushQueue.stop()
    }
}

/// Stands for the router until there is one: nothing is handled before the loop is started.
private final class LateHandler: FrameHandler, @unchecked Sendable {
    var router: RequestRouter?

    func handle(_ frame: UnsafeRawBufferPointer, _ reply: Reply) -> Bool {
        router?.handle(frame, reply) ?? true
    }
}
