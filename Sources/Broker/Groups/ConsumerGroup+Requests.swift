extension ConsumerGroup {
    /// A JoinGroup as it came.
    struct Join: Equatable, Sendable {
        var member = ""
        var instance: String?
        var clientID = ""
        var host = ""
        var sessionMilliseconds: Int64 = 10_000
        var rebalanceMilliseconds: Int64 = 60_000
        var protocolType = ""
        var subscriptions: [GroupMember.Subscription] = []
        /// Versions before 4 take a member in without having given it a name first.
        var needsName = true
        /// From version 9 on a static leader can be told that it need not assign anything.
        var canSkipAssignment = false
        /// A name for the member if it gets one.
        var newName = ""
    }

    /// How long an empty group waits for more members than the first, and how many it takes.
    struct Rules: Equatable, Sendable {
        var gatherMilliseconds: Int64 = 200
        var memberLimit = 10_000
    }

    private func refusal(_ join: Join, _ token: Int, _ code: ErrorCode) -> [GroupEffect] {
        [.joined(token, .init(code: code, member: join.member))]
    }

    mutating func join(_ join: Join, _ token: Int, now: Int64, _ rules: Rules) -> [GroupEffect] {
        guard !join.protocolType.isEmpty, !join.subscriptions.isEmpty, accepts(join) else {
            return refusal(join, token, .inconsistentGroupProtocol)
        }
        if join.member.isEmpty {
            if let instance = join.instance, let known = instanceMember(instance) {
                return replace(known, join, token, now: now)
            }
            guard members.count + promised.count < rules.memberLimit else {
                return refusal(join, token, .groupMaxSizeReached)
            }
            if join.instance == nil, join.needsName {
                promised[join.newName] = now + join.sessionMilliseconds
                return [.joined(token, .init(code: .memberIDRequired, member: join.newName))]
            }
            return add(join, join.newName, token, now: now, rules)
        }
        if promised[join.member] != nil, join.instance == nil {
            promised[join.member] = nil
            return add(join, join.member, token, now: now, rules)
        }
        if let instance = join.instance {
            guard let known = instanceMember(instance) else {
                return refusal(join, token, .unknownMemberID)
            }
            guard known.identifier == join.member else { return refusal(join, token, .fencedInstanceID) }
        }
        guard let known = members[join.member] else { return refusal(join, token, .unknownMemberID) }
        return rejoin(known, join, token, now: now)
    }

    /// Whether the member speaks of the same thing as the others, in a way that they understand.
    private func accepts(_ join: Join) -> Bool {
        guard !members.isEmpty else { return true }
        guard protocolType == join.protocolType else { return false }
        let names = Set(join.subscriptions.map(\.name))
        var others = self
        if !join.member.isEmpty { others.members[join.member] = nil }
        return others.members.isEmpty || !others.commonProtocols.isDisjoint(with: names)
    }

    private mutating func add(
        _ join: Join, _ identifier: String, _ token: Int, now: Int64, _ rules: Rules
    ) -> [GroupEffect] {
        protocolType = join.protocolType
        var member = GroupMember(
            identifier: identifier, sessionMilliseconds: join.sessionMilliseconds,
            rebalanceMilliseconds: join.rebalanceMilliseconds, subscriptions: join.subscriptions)
        member.instance = join.instance
        member.clientID = join.clientID
        member.host = join.host
        member.joining = token
        member.deadline = now + ConsumerGroup.newMemberMilliseconds
        members[identifier] = member
        order.append(identifier)
        if leader == nil { leader = identifier }
        if state == .preparing {
            // Who comes while an empty group gathers makes it wait a little longer.
            if gatheringUntil > now {
                gatheringUntil = min(now + rules.gatherMilliseconds, rebalanceDeadline)
            }
            return tryComplete(now: now)
        }
        return prepare(now: now, gather: rules.gatherMilliseconds)
    }

    private mutating func update(_ identifier: String, _ join: Join, _ token: Int) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        // It has asked twice: the first answer would go nowhere.
        if let old = members[identifier]?.joining, old != token {
            effects.append(.joined(old, .init(code: .unknownMemberID, member: identifier)))
        }
        members[identifier]?.subscriptions = join.subscriptions
        members[identifier]?.sessionMilliseconds = join.sessionMilliseconds
        members[identifier]?.rebalanceMilliseconds = join.rebalanceMilliseconds
        members[identifier]?.joining = token
        return effects
    }

    private mutating func rejoin(
        _ known: GroupMember, _ join: Join, _ token: Int, now: Int64
    ) -> [GroupEffect] {
        let identifier = known.identifier
        touch(identifier, now: now)
        let isSame = known.subscriptions == join.subscriptions
        switch state {
        case .preparing: return update(identifier, join, token) + tryComplete(now: now)
        case .completing where isSame, .stable where isSame && identifier != leader:
            // It did not hear the answer.
            return [.joined(token, joined(identifier))]
        case .completing, .stable: return update(identifier, join, token) + prepare(now: now)
        case .empty: return refusal(join, token, .unknownMemberID)
        }
    }

    /// A static member has come back under another name; whoever still uses the old one is turned away.
    private mutating func replace(
        _ known: GroupMember, _ join: Join, _ token: Int, now: Int64
    ) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        let identifier = join.newName
        if let old = known.joining {
            effects.append(.joined(old, .init(code: .fencedInstanceID, member: known.identifier)))
        }
        if let old = known.syncing { effects.append(.synced(old, .init(code: .fencedInstanceID))) }
        var member = GroupMember(
            identifier: identifier, sessionMilliseconds: join.sessionMilliseconds,
            rebalanceMilliseconds: join.rebalanceMilliseconds, subscriptions: join.subscriptions)
        member.instance = known.instance
        member.clientID = join.clientID
        member.host = join.host
        member.assignment = known.assignment
        members[known.identifier] = nil
        members[identifier] = member
        if let place = order.firstIndex(of: known.identifier) { order[place] = identifier }
        let wasLeader = leader == known.identifier
        if wasLeader { leader = identifier }
        touch(identifier, now: now)
        if state == .stable, known.subscriptions == join.subscriptions, !wasLeader || join.canSkipAssignment {
            // Nothing has changed but its name: the others need not hear of it.
            var answer = joined(identifier)
            answer.skipsAssignment = wasLeader
            if !wasLeader { answer.members = [] }
            return effects + [.store, .joined(token, answer)]
        }
        members[identifier]?.joining = token
        return effects + (state == .preparing ? tryComplete(now: now) : prepare(now: now))
    }

    // MARK: SyncGroup, Heartbeat, LeaveGroup

    /// nil: the member is of the present generation.
    func refusal(_ member: String, _ instance: String?, _ generation: Int32) -> ErrorCode? {
        if let instance {
            guard let known = instanceMember(instance) else { return .unknownMemberID }
            guard known.identifier == member else { return .fencedInstanceID }
        }
        guard members[member] != nil else { return .unknownMemberID }
        return generation == self.generation ? nil : .illegalGeneration
    }

    struct Sync: Equatable, Sendable {
        var member = ""
        var instance: String?
        var generation: Int32 = 0
        var protocolType: String?
        var protocolName: String?
        var assignments: [String: [UInt8]] = [:]
    }

    mutating func sync(_ sync: Sync, _ token: Int, now: Int64) -> [GroupEffect] {
        if let code = refusal(sync.member, sync.instance, sync.generation) {
            return [.synced(token, .init(code: code))]
        }
        guard sync.protocolType == nil || sync.protocolType == protocolType,
            sync.protocolName == nil || sync.protocolName == protocolName
        else { return [.synced(token, .init(code: .inconsistentGroupProtocol))] }
        touch(sync.member, now: now)
        switch state {
        case .empty: return [.synced(token, .init(code: .unknownMemberID))]
        case .preparing: return [.synced(token, .init(code: .rebalanceInProgress))]
        case .stable:
            members[sync.member]?.awaitsSync = false
            return [.synced(token, synced(sync.member))]
        case .completing:
            var effects: [GroupEffect] = []
            if let old = members[sync.member]?.syncing {
                effects.append(.synced(old, .init(code: .rebalanceInProgress)))
            }
            members[sync.member]?.syncing = token
            members[sync.member]?.awaitsSync = false
            guard sync.member == leader else { return effects }
            for identifier in order { members[identifier]?.assignment = sync.assignments[identifier] ?? [] }
            state = .stable
            syncDeadline = .max
            effects.append(.store)
            for identifier in order {
                guard let token = members[identifier]?.syncing else { continue }
                members[identifier]?.syncing = nil
                touch(identifier, now: now)
                effects.append(.synced(token, synced(identifier)))
            }
            return effects
        }
    }

    private func synced(_ identifier: String) -> GroupEffect.Synced {
        GroupEffect.Synced(
            protocolType: protocolType, protocolName: protocolName,
            assignment: members[identifier]?.assignment ?? [])
    }

    mutating func heartbeat(
        _ member: String, _ instance: String?, _ generation: Int32, now: Int64
    ) -> ErrorCode {
        if let code = refusal(member, instance, generation) { return code }
        touch(member, now: now)
        switch state {
        case .empty: return .unknownMemberID
        case .preparing: return .rebalanceInProgress
        case .completing, .stable: return .none
        }
    }

    mutating func leave(_ member: String, _ instance: String?, now: Int64) -> (ErrorCode, [GroupEffect]) {
        var identifier = member
        if let instance {
            guard let known = instanceMember(instance) else { return (.unknownMemberID, []) }
            guard member.isEmpty || member == known.identifier else { return (.fencedInstanceID, []) }
            identifier = known.identifier
        }
        if promised.removeValue(forKey: identifier) != nil { return (.none, tryComplete(now: now)) }
        guard members[identifier] != nil else { return (.unknownMemberID, []) }
        return (.none, remove(identifier, now: now))
    }

    /// Whether offsets may be committed by the member; it counts as a sign of life.
    mutating func mayCommit(
        _ member: String, _ instance: String?, _ generation: Int32, now: Int64
    ) -> ErrorCode? {
        // Who manages its partitions itself, in a group that has no members.
        if generation < 0, member.isEmpty, instance == nil {
            return members.isEmpty ? nil : .unknownMemberID
        }
        if let code = refusal(member, instance, generation) { return code }
        touch(member, now: now)
        return state == .completing ? .rebalanceInProgress : nil
    }
}
