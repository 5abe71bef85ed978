import Synchronization

/// A fetch that is answered when there is enough, something is wrong, its time is up, or its client has gone.
///
/// It is read again by a thread of the fetch queue after each append to one of its topics, by one at a time.
final class WaitingFetch: @unchecked Sendable {
    private struct State {
        var isQueued = false
        var isRunning = false
        var isDone = false
        var isLate = false
        var hasNews = false
        var alarm: UInt64?
        var subscriptions: [TopicSubscription] = []
    }

    private let router: RequestRouter
    private let call: Call
    private let session: FetchSession?
    private let partitions: [FetchedPartition]
    private let isWhole: Bool
    private let isolation: PartitionLog.Isolation
    private let minBytes: Int
    private let maxBytes: Int
    private let state = Mutex(State())

    init(
        _ router: RequestRouter, _ call: Call, _ request: FetchRequest, _ session: FetchSession?,
        _ partitions: [FetchedPartition], isWhole: Bool
    ) {
        self.router = router
        self.call = call
        self.session = session
        self.partitions = partitions
        self.isWhole = isWhole
        isolation = request.isolationLevel == 1 ? .committed : .uncommitted
        maxBytes = min(max(Int(request.maxBytes), 0), router.settings.fetchByteCount)
        // More than it may be given is never there.
        minBytes = min(Int(request.minBytes), max(maxBytes, 1))
    }

    /// Answers at once if it can.
    func start(waitMilliseconds: Int32) {
        state.withLock { $0.isRunning = true }
        let isDue = waitMilliseconds <= 0 || minBytes <= 0 || partitions.isEmpty && session == nil
        if attempt(isLast: isDue) { return }
        subscribe()
        let alarm = router.alarms.set(at: SteadyClock.milliseconds + Int64(waitMilliseconds)) { [self] in
            wake(isLate: true)
        }
        state.withLock { $0.alarm = alarm }
        call.connection.onLeave { [weak self] in self?.wake(isLate: true) }
        // Again: something may have come before anybody told.
        run()
    }

    private func subscribe() {
        var seen: Set<ObjectIdentifier> = []
        var subscriptions: [TopicSubscription] = []
        for partition in partitions {
            guard let listeners = partition.listeners, seen.insert(ObjectIdentifier(listeners)).inserted
            else {
                continue
            }
            subscriptions.append(TopicSubscription(listeners) { [weak self] in self?.wake(isLate: false) })
        }
        state.withLock { $0.subscriptions = subscriptions }
    }

    private func wake(isLate: Bool) {
        let isNew = state.withLock {
            if isLate { $0.isLate = true }
            $0.hasNews = true
            guard !$0.isDone, !$0.isQueued, !$0.isRunning else { return false }
            $0.isQueued = true
            return true
        }
        if isNew {
            router.fetchQueue.run { [self] in
                let runs = state.withLock {
                    $0.isQueued = false
                    if $0.isDone || $0.isRunning { return false }
                    $0.isRunning = true
                    return true
                }
                if runs { run() }
            }
        }
    }

    /// Tries until there is no news; whoever calls it has set `isRunning`.
    private func run() {
        while true {
            let isLast = state.withLock {
                $0.hasNews = false
                return $0.isLate
            }
            if attempt(isLast: isLast) { return }
            let rests = state.withLock {
                if $0.hasNews { return false }
                $0.isRunning = false
                return true
            }
            if rests { return }
        }
    }

    /// Whether it was answered.
    private func attempt(isLast: Bool) -> Bool {
        var left = maxBytes
        var read = 0
        // As `minBytes` counts: also what was there and did not fit, as batches come whole.
        var available = 0
        var hasError = false
        var found: [(FetchedPartition, FetchResponse.PartitionData)] = []
        for partition in partitions {
            let data = partition.read(router.topics, isolation, limit: left, needsOne: read == 0)
            let count = data.records?.count ?? 0
            read += count
            available += partition.hasMore ? max(count, min(left, partition.maxBytes)) : count
            left = max(left - count, 0)
            if data.errorCode != 0 { hasError = true }
            found.append((partition, data))
        }
        // In a session, what has changed beside the records is told when the time is up.
        guard isLast || hasError || available >= minBytes else { return false }
        finish(found)
        return true
    }

    private func finish(_ found: [(FetchedPartition, FetchResponse.PartitionData)]) {
        let (alarm, subscriptions) = state.withLock { state in
            state.isDone = true
            defer { state.subscriptions = [] }
            return (state.alarm, state.subscriptions)
        }
        if let alarm { router.alarms.cancel(alarm) }
        for subscription in subscriptions { subscription.cancel() }
        var response = FetchResponse()
        response.sessionID = session?.number ?? 0
        var served: Set<FetchedPartition.Key> = []
        var places: [FetchedPartition.Key: Int] = [:]
        for (partition, data) in found {
            if data.records?.isEmpty == false { served.insert(partition.key) }
            let isNews = partition.isNews(data)
            guard isWhole || isNews else { continue }
            let topic = FetchedPartition.Key(
                topic: partition.key.topic, topicID: partition.key.topicID, partition: 0)
            let place = places[topic] ?? response.responses.count
            if places[topic] == nil {
                var entry = FetchResponse.FetchableTopicResponse()
                entry.topic = topic.topic
                entry.topicID = topic.topicID
                response.responses.append(entry)
                places[topic] = place
            }
            response.responses[place].partitions.append(data)
        }
        if let session { router.fetchSessions.finish(session, served) }
        call.answer(response)
    }
}
