import Diagnostics
import Synchronization

/// All groups of the broker, and the offsets that they have committed.
///
/// The groups themselves are values that decide; here are the lock, the log in which they survive a restart,
/// the alarm for their deadlines, and the answers that wait. Commits are answered when they are durable.
final class GroupCoordinator: @unchecked Sendable {
    static let topicName = "__consumer_offsets"
    /// Compacted early: it is read whole at each start.
    static let topicSettings = [
        "cleanup.policy": "compact", "segment.bytes": "16777216", "retention.ms": "-1",
    ]

    struct Pending: Sendable {
        /// By group.
        var offsets: [String: [TopicPartition: CommittedOffset]] = [:]
    }

    struct State {
        var groups: [String: ConsumerGroup] = [:]
        var offsets: [String: [TopicPartition: CommittedOffset]] = [:]
        /// Of transactions without an end, by producer: several may commit for one partition of a group.
        var pending: [Int64: Pending] = [:]
        /// Since when a group has been empty; milliseconds since the epoch.
        var emptySince: [String: Int64] = [:]
        var joining: [Int: @Sendable (GroupEffect.Joined) -> Void] = [:]
        var syncing: [Int: @Sendable (GroupEffect.Synced) -> Void] = [:]
        var token = 0
        var alarm: (time: Int64, number: UInt64)?
        var random = SystemRandomNumberGenerator()
    }

    typealias Answer = @Sendable () -> Void

    let log: PartitionLog
    let rules: ConsumerGroup.Rules
    private let clock: @Sendable () -> Int64
    private let flusher: Flusher
    private let alarms: Alarms
    private let report: @Sendable (Diagnostic) -> Void
    let state = Mutex(State())

    /// Reads what groups there were.
    init(
        _ log: PartitionLog, _ rules: ConsumerGroup.Rules, _ flusher: Flusher, _ alarms: Alarms,
        clock: @escaping @Sendable () -> Int64, report: @escaping @Sendable (Diagnostic) -> Void
    ) throws(LogError) {
        self.log = log
        self.rules = rules
        self.flusher = flusher
        self.alarms = alarms
        self.clock = clock
        self.report = report
        try load()
    }

    private func load() throws(LogError) {
        var state = State()
        let now = SteadyClock.milliseconds
        try log.replay { replayed in
            guard let record = GroupRecord(key: replayed.key, value: replayed.value, now: now) else { return }
            switch record {
            case .group(let name, let group): state.groups[name] = group
            case .offset(let group, let partition, let offset):
                guard var offset else {
                    GroupCoordinator.forget(partition, of: group, &state)
                    break
                }
                offset.recordOffset = replayed.offset
                if let producerID = replayed.openProducerID {
                    state.pending[producerID, default: Pending()].offsets[group, default: [:]][partition] =
                        offset
                } else {
                    state.offsets[group, default: [:]][partition] = offset
                }
                if state.groups[group] == nil { state.groups[group] = ConsumerGroup(group) }
            }
        }
        let time = clock()
        for (name, group) in state.groups where group.members.isEmpty { state.emptySince[name] = time }
        let loaded = state
        let groups = loaded.groups
        self.state.withLock {
            $0 = loaded
            let next = groups.values.compactMap(\.nextDeadline).min()
            setAlarm(next, &$0)
        }
    }

    // MARK: Groups

    /// Runs `body` on a group, and does what it asks for. A group that is not there is made if `makes`.
    func withGroup<Result>(
        _ name: String, makes: Bool = false,
        _ body: (inout ConsumerGroup, _ now: Int64, inout State) -> (Result, [GroupEffect])
    ) -> Result? {
        let now = SteadyClock.milliseconds
        let (result, answers) = state.withLock { state -> (Result?, [Answer]) in
            guard makes || state.groups[name] != nil else { return (nil, []) }
            var group = state.groups[name] ?? ConsumerGroup(name)
            let (result, effects) = body(&group, now, &state)
            return (result, settle(group, effects, &state))
        }
        for answer in answers { answer() }
        return result
    }

    /// Under the lock: keeps the group, and gives the answers that are to go out after it.
    private func settle(
        _ group: ConsumerGroup, _ effects: [GroupEffect], _ state: inout State
    ) -> [Answer] {
        state.groups[group.name] = group
        if group.members.isEmpty {
            if state.emptySince[group.name] == nil { state.emptySince[group.name] = clock() }
        } else {
            state.emptySince[group.name] = nil
        }
        setAlarm(group.nextDeadline, &state)
        var answers: [Answer] = []
        for effect in effects {
            switch effect {
            case .store: store([.group(group.name, group)])
            case .joined(let token, let joined):
                if let done = state.joining.removeValue(forKey: token) { answers.append { done(joined) } }
            case .synced(let token, let synced):
                if let done = state.syncing.removeValue(forKey: token) { answers.append { done(synced) } }
            }
        }
        return answers
    }

    func join(
        _ group: String, _ join: ConsumerGroup.Join, _ done: @escaping @Sendable (GroupEffect.Joined) -> Void
    ) {
        _ = withGroup(group, makes: true) { group, now, state in
            state.token += 1
            state.joining[state.token] = done
            var join = join
            join.newName = GroupCoordinator.name(join, &state)
            return ((), group.join(join, state.token, now: now, rules))
        }
    }

    private static func name(_ join: ConsumerGroup.Join, _ state: inout State) -> String {
        let digits = String(state.random.next(), radix: 16) + String(state.random.next(), radix: 16)
        return (join.instance ?? join.clientID) + "-" + digits
    }

    func sync(
        _ group: String, _ sync: ConsumerGroup.Sync, _ done: @escaping @Sendable (GroupEffect.Synced) -> Void
    ) {
        let isKnown: Void? = withGroup(group) { group, now, state in
            state.token += 1
            state.syncing[state.token] = done
            return ((), group.sync(sync, state.token, now: now))
        }
        if isKnown == nil { done(.init(code: .unknownMemberID)) }
    }

    // MARK: Time

    /// Under the lock.
    private func setAlarm(_ time: Int64?, _ state: inout State) {
        guard let time else { return }
        if let alarm = state.alarm {
            if alarm.time <= time { return }
            alarms.cancel(alarm.number)
        }
        state.alarm = (time, alarms.set(at: time) { [weak self] in self?.expire() })
    }

    private func expire() {
        let now = SteadyClock.milliseconds
        let answers = state.withLock { state -> [Answer] in
            state.alarm = nil
            var answers: [Answer] = []
            var next: Int64?
            for name in Array(state.groups.keys) {
                guard var group = state.groups[name], let deadline = group.nextDeadline else { continue }
                if deadline <= now {
                    let effects = group.expire(now: now)
                    answers += settle(group, effects, &state)
                }
                if let time = group.nextDeadline { next = min(next ?? time, time) }
            }
            setAlarm(next.map { max($0, now + 1) }, &state)
            return answers
        }
        for answer in answers { answer() }
    }

    // MARK: The log

    /// Appends records; order is that of the calls. The flush comes later.
    func store(_ records: [GroupRecord], producer: (identifier: Int64, epoch: Int16)? = nil) {
        do throws(LogError) {
            try append(records, producer)
            flusher.flush(log)
        } catch {
            report(Diagnostic(.io, "a group's state can't be kept: \(error.message)", hint: "check the disk"))
        }
    }

    /// Returns the offset of the first of them.
    @discardableResult
    func append(
        _ records: [GroupRecord], _ producer: (identifier: Int64, epoch: Int16)?
    ) throws(LogError) -> Int64 {
        let now = clock()
        var builder = RecordBatchBuilder(baseOffset: 0)
        if let producer {
            builder.header.attributes.isTransactional = true
            builder.header.producerID = producer.identifier
            builder.header.producerEpoch = producer.epoch
        }
        for record in records { builder.add(timestamp: now, key: record.key, value: record.value(now: now)) }
        var prepared = try PreparedRecords([builder], log.currentSettings, now: now)
        return try log.append(&prepared, now: now, leaderEpoch: 0, waits: false).baseOffset
    }

    /// Calls `done` when all that was stored so far is durable.
    func flush(_ done: @escaping @Sendable (LogError?) -> Void) { flusher.flush(log, done) }

    var now: Int64 { clock() }
}
