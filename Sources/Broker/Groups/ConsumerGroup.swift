/// A group of the classic protocol: who is in it, and how they agree on who does what.
///
/// ```
///            join                all joined, or time is up         leader's assignment
///  empty ──────────▶ preparing ───────────────────────▶ completing ───────────────────▶ stable
///    ▲                  ▲  ▲                                │                             │
///    └─ nobody left ────┘  └──────── join, leave, silence ──┴─────────────────────────────┘
/// ```
/// A value without clock and connections: what happens comes in with the time (milliseconds of a clock that
/// nobody sets), what is to be done goes out as effects. Rules: KIP-62, KIP-345, KIP-394, KIP-814.
struct ConsumerGroup: Equatable, Sendable {
    enum State: String, Sendable {
        case empty = "Empty"
        case preparing = "PreparingRebalance"
        case completing = "CompletingRebalance"
        case stable = "Stable"
    }

    let name: String
    var state = State.empty
    var generation: Int32 = 0
    var protocolType: String?
    var protocolName: String?
    var leader: String?
    var members: [String: GroupMember] = [:]
    /// In the order in which they came.
    var order: [String] = []
    /// Names that were given to clients who have not come back with them yet, and until when they hold.
    var promised: [String: Int64] = [:]
    /// When a rebalance ends without those who did not come.
    var rebalanceDeadline: Int64 = 0
    /// Before it the first rebalance of an empty group does not end.
    var gatheringUntil: Int64 = 0
    /// When those who did not ask for their assignment are taken for dead.
    var syncDeadline: Int64 = .max

    init(_ name: String) { self.name = name }

    /// How long a new member is waited for that was given a name.
    static let newMemberMilliseconds: Int64 = 300_000

    var isEmpty: Bool { members.isEmpty && promised.isEmpty }

    func instanceMember(_ instance: String) -> GroupMember? {
        members.values.first { $0.instance == instance }
    }

    // MARK: Rebalance

    /// Has all members join again. `gather`: how long an empty group waits for more than the first.
    mutating func prepare(now: Int64, gather: Int64 = 0) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        if state == .completing {
            for identifier in order {
                if let token = members[identifier]?.syncing {
                    members[identifier]?.syncing = nil
                    effects.append(.synced(token, .init(code: .rebalanceInProgress)))
                }
            }
        }
        let wasEmpty = state == .empty
        state = .preparing
        syncDeadline = .max
        rebalanceDeadline = now + (members.values.map(\.rebalanceMilliseconds).max() ?? 0)
        gatheringUntil = wasEmpty ? now + gather : 0
        return effects + tryComplete(now: now)
    }

    /// Ends the rebalance if all have joined.
    mutating func tryComplete(now: Int64) -> [GroupEffect] {
        guard state == .preparing, now >= gatheringUntil else { return [] }
        let haveAllJoined = promised.isEmpty && members.values.allSatisfy { $0.joining != nil }
        guard haveAllJoined || now >= rebalanceDeadline else { return [] }
        return complete(now: now)
    }

    private mutating func complete(now: Int64) -> [GroupEffect] {
        // Static members may come back until their session ends; the others have had their time.
        for identifier in order where members[identifier]?.joining == nil {
            if members[identifier]?.instance == nil { drop(identifier) }
        }
        promised = promised.filter { $0.value > now }
        generation = generation == Int32.max ? 1 : generation + 1
        guard !members.isEmpty else {
            state = .empty
            protocolName = nil
            leader = nil
            return [.store]
        }
        protocolName = chosenProtocol()
        if leader.flatMap({ members[$0]?.joining }) == nil {
            leader = order.first { members[$0]?.joining != nil } ?? order.first
        }
        state = .completing
        syncDeadline = now + (members.values.map(\.rebalanceMilliseconds).max() ?? 0)
        var effects: [GroupEffect] = []
        for identifier in order {
            members[identifier]?.awaitsSync = true
            guard let token = members[identifier]?.joining else { continue }
            members[identifier]?.joining = nil
            touch(identifier, now: now)
            effects.append(.joined(token, joined(identifier)))
        }
        return effects
    }

    /// What a member is told of the present generation.
    func joined(_ identifier: String) -> GroupEffect.Joined {
        var joined = GroupEffect.Joined()
        joined.generation = generation
        joined.protocolType = protocolType
        joined.protocolName = protocolName
        joined.leader = leader ?? ""
        joined.member = identifier
        if identifier == leader {
            let chosen = protocolName ?? ""
            joined.members = order.compactMap { members[$0] }.map {
                ($0.identifier, $0.instance, $0.metadata(chosen))
            }
        }
        return joined
    }

    /// Each member votes for the first of its protocols that all have.
    private func chosenProtocol() -> String? {
        let common = commonProtocols
        var votes: [String: Int] = [:]
        for member in members.values {
            if let vote = member.subscriptions.first(where: { common.contains($0.name) }) {
                votes[vote.name, default: 0] += 1
            }
        }
        return votes.max { $0.value != $1.value ? $0.value < $1.value : $0.key > $1.key }?.key
    }

    var commonProtocols: Set<String> {
        var common: Set<String>?
        for member in members.values {
            let names = Set(member.subscriptions.map(\.name))
            common = common?.intersection(names) ?? names
        }
        return common ?? []
    }

    // MARK: Members

    mutating func touch(_ identifier: String, now: Int64) {
        if let session = members[identifier]?.sessionMilliseconds {
            members[identifier]?.deadline = now + session
        }
    }

    mutating func drop(_ identifier: String) {
        members[identifier] = nil
        order.removeAll { $0 == identifier }
        if leader == identifier { leader = order.first }
    }

    /// Takes a member out, and has the others share what it had.
    mutating func remove(_ identifier: String, now: Int64) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        if let token = members[identifier]?.joining {
            effects.append(.joined(token, .init(code: .unknownMemberID, member: identifier)))
        }
        if let token = members[identifier]?.syncing {
            effects.append(.synced(token, .init(code: .unknownMemberID)))
        }
        drop(identifier)
        switch state {
        case .stable, .completing: effects += prepare(now: now)
        case .preparing: effects += tryComplete(now: now)
        case .empty: break
        }
        return effects
    }

    /// What the time has brought: silent members go, rebalances end.
    mutating func expire(now: Int64) -> [GroupEffect] {
        var effects: [GroupEffect] = []
        if promised.contains(where: { $0.value <= now }) {
            promised = promised.filter { $0.value > now }
            effects += tryComplete(now: now)
        }
        for identifier in order {
            guard let member = members[identifier] else { continue }
            let isWaiting = member.joining != nil || member.syncing != nil
            if !isWaiting, member.deadline <= now { effects += remove(identifier, now: now) }
        }
        if state == .completing, now >= syncDeadline {
            let late = order.filter { members[$0]?.awaitsSync == true && members[$0]?.syncing == nil }
            syncDeadline = .max
            for identifier in late { effects += remove(identifier, now: now) }
        }
        return effects + tryComplete(now: now)
    }

    /// When `expire` has something to do; nil where nothing is waited for.
    var nextDeadline: Int64? {
        var next = promised.values.min() ?? .max
        for member in members.values where member.joining == nil && member.syncing == nil {
            next = min(next, member.deadline)
        }
        switch state {
        case .preparing: next = min(next, max(rebalanceDeadline, gatheringUntil), gatherEnd)
        case .completing: next = min(next, syncDeadline)
        default: break
        }
        return next == .max ? nil : next
    }

    /// The end of gathering matters only where nobody is waited for.
    private var gatherEnd: Int64 {
        promised.isEmpty && members.values.allSatisfy { $0.joining != nil } ? gatheringUntil : .max
    }
}
