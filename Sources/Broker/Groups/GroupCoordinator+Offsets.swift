extension GroupCoordinator {
    static let metadataLimit = 4096

    /// Keeps offsets of a group; `done` is called when they are durable.
    ///
    /// - Parameters:
    ///   - producer: whose transaction they belong to: they hold when it is committed.
    ///   - check: whether the member may, by the group as it is now.
    func commit(
        _ group: String, _ offsets: [(TopicPartition, CommittedOffset)],
        producer: (identifier: Int64, epoch: Int16)? = nil,
        check: (inout ConsumerGroup, Int64) -> ErrorCode?, _ done: @escaping @Sendable (ErrorCode) -> Void
    ) {
        if offsets.isEmpty { return done(.none) }
        let code: ErrorCode =
            withGroup(group, makes: true) { found, now, state in
                if let code = check(&found, now) { return (code, []) }
                var offsets = offsets
                do throws(LogError) {
                    let first = try append(offsets.map { .offset(group: group, $0.0, $0.1) }, producer)
                    for index in offsets.indices { offsets[index].1.recordOffset = first + Int64(index) }
                } catch {
                    return (ErrorCode(error), [])
                }
                if let producer {
                    state.pending[producer.identifier, default: Pending()].offsets[group, default: [:]]
                        .merge(offsets) { $1 }
                } else {
                    state.offsets[group, default: [:]].merge(offsets) { $1 }
                }
                return (.none, [])
            } ?? .none
        guard code == .none else { return done(code) }
        flush { done($0.map { ErrorCode($0) } ?? .none) }
    }

    /// Ends a producer's transaction: the mark goes to the log, and its offsets hold or are forgotten.
    func end(
        _ mark: TransactionMark, producerID: Int64, epoch: Int16, now: Int64
    ) throws(LogError) {
        // The mark and what it means belong together: no commit may come between them.
        try state.withLock { (state) throws(LogError) -> Void in
            _ = try log.append(mark, producerID: producerID, producerEpoch: epoch, now: now, waits: false)
            GroupCoordinator.end(producerID, isCommit: mark.isCommit, &state)
        }
    }

    static func end(_ producerID: Int64, isCommit: Bool, _ state: inout State) {
        guard let pending = state.pending.removeValue(forKey: producerID), isCommit else { return }
        for (group, offsets) in pending.offsets {
            // What was written later holds, also where its own transaction has ended before this one: so it
            // is read from the log at the next start, and so Kafka does it.
            state.offsets[group, default: [:]].merge(offsets) { $0.recordOffset > $1.recordOffset ? $0 : $1 }
            if state.groups[group] == nil { state.groups[group] = ConsumerGroup(group) }
        }
    }

    enum Found {
        case offset(CommittedOffset)
        case none
        /// A transaction may still change it.
        case unstable
    }

    /// The offsets of a group; of all its partitions where none are named.
    func offsets(
        of group: String, _ partitions: [TopicPartition]?, needsStable: Bool
    ) -> [(TopicPartition, Found)] {
        state.withLock { state in
            let known = state.offsets[group] ?? [:]
            let asked =
                partitions ?? known.keys.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
            return asked.map { partition in
                let isOpen =
                    needsStable && state.pending.values.contains { $0.offsets[group]?[partition] != nil }
                if isOpen { return (partition, .unstable) }
                return (partition, known[partition].map { .offset($0) } ?? .none)
            }
        }
    }

    /// Forgets offsets; those of topics that a member reads stay.
    func deleteOffsets(
        of group: String, _ partitions: [TopicPartition], subscribed: (ConsumerGroup) -> Set<String>
    ) -> (ErrorCode, [TopicPartition: ErrorCode]) {
        withGroup(group) { found, _, state in
            let inUse = found.members.isEmpty ? [] : subscribed(found)
            var codes: [TopicPartition: ErrorCode] = [:]
            var gone: [TopicPartition] = []
            for partition in partitions {
                let isUsed = inUse.contains(partition.topic)
                codes[partition] = isUsed ? .groupSubscribedToTopic : ErrorCode.none
                if !isUsed { gone.append(partition) }
            }
            for partition in gone { GroupCoordinator.forget(partition, of: group, &state) }
            if !gone.isEmpty { store(gone.map { .offset(group: group, $0, nil) }) }
            return ((.none, codes), [])
        } ?? (.groupIDNotFound, [:])
    }

    /// Forgets a group without members.
    func delete(_ group: String) -> ErrorCode {
        state.withLock { state in
            guard let found = state.groups[group] else { return .groupIDNotFound }
            guard found.members.isEmpty else { return .nonEmptyGroup }
            forget(group, &state)
            return .none
        }
    }

    /// Under the lock.
    private func forget(_ group: String, _ state: inout State) {
        let offsets = GroupCoordinator.partitions(of: group, state)
        state.offsets[group] = nil
        for producerID in state.pending.keys { state.pending[producerID]?.offsets[group] = nil }
        state.groups[group] = nil
        state.emptySince[group] = nil
        store(offsets.map { .offset(group: group, $0, nil) } + [.group(group, nil)])
    }

    /// Those that have an offset, or would have one after the end of an open transaction.
    private static func partitions(of group: String, _ state: State) -> Set<TopicPartition> {
        var found = Set((state.offsets[group] ?? [:]).keys)
        for pending in state.pending.values { found.formUnion((pending.offsets[group] ?? [:]).keys) }
        return found
    }

    /// Forgets an offset, and what open transactions would make of it: a record that says so comes behind
    /// theirs in the log.
    static func forget(_ partition: TopicPartition, of group: String, _ state: inout State) {
        state.offsets[group]?[partition] = nil
        for producerID in state.pending.keys {
            state.pending[producerID]?.offsets[group]?[partition] = nil
        }
    }

    /// A topic is gone: nobody goes on reading it.
    func forget(topic: String) {
        state.withLock { state in
            var gone: [GroupRecord] = []
            for group in Set(state.groups.keys).union(state.offsets.keys) {
                for partition in GroupCoordinator.partitions(of: group, state)
                where partition.topic == topic {
                    GroupCoordinator.forget(partition, of: group, &state)
                    gone.append(.offset(group: group, partition, nil))
                }
            }
            if !gone.isEmpty { store(gone) }
        }
    }

    /// Forgets groups that have been empty, and have committed nothing, for longer than `milliseconds`.
    func forgetIdle(longerThan milliseconds: Int64) {
        let limit = now - milliseconds
        state.withLock { state in
            for (group, since) in state.emptySince where since < limit {
                let last = state.offsets[group]?.values.map(\.committedAt).max() ?? since
                let isOpen = state.pending.values.contains { $0.offsets[group] != nil }
                if last < limit, !isOpen { forget(group, &state) }
            }
        }
    }
}
