import TestKit
import Testing

@testable import Broker

/// Scripts of what members do, and what the group answers.
@Suite("A group of consumers")
struct ConsumerGroupTests {
    /// A group with its clock, and the answers that it has given.
    private struct Stage {
        var group = ConsumerGroup("g")
        var now: Int64 = 1000
        var token = 0
        var joined: [Int: GroupEffect.Joined] = [:]
        var synced: [Int: GroupEffect.Synced] = [:]
        var stored = 0
        var rules = ConsumerGroup.Rules(gatherMilliseconds: 0)

        mutating func take(_ effects: [GroupEffect]) {
            for effect in effects {
                switch effect {
                case .joined(let token, let answer): joined[token] = answer
                case .synced(let token, let answer): synced[token] = answer
                case .store: stored += 1
                }
            }
        }

        /// Returns the token of the answer.
        mutating func join(
            _ member: String, instance: String? = nil, needsName: Bool = false, name: String = "",
            protocols: [String] = ["range"], type: String = "consumer"
        ) -> Int {
            token += 1
            var join = ConsumerGroup.Join()
            join.member = member
            join.instance = instance
            join.needsName = needsName
            join.newName = name
            join.protocolType = type
            join.subscriptions = protocols.map { .init(name: $0, metadata: Array("\($0) \(name)".utf8)) }
            take(group.join(join, token, now: now, rules))
            return token
        }

        mutating func sync(
            _ member: String, generation: Int32, _ assignments: [String: [UInt8]] = [:]
        ) -> Int {
            token += 1
            var sync = ConsumerGroup.Sync()
            sync.member = member
            sync.generation = generation
            sync.assignments = assignments
            take(group.sync(sync, token, now: now))
            return token
        }

        mutating func pass(_ milliseconds: Int64) {
            now += milliseconds
            take(group.expire(now: now))
        }

        /// Two members, a and b, with an assignment each.
        mutating func settle() {
            let first = join("", name: "a")
            _ = sync("a", generation: joined[first]?.generation ?? 0, ["a": [1]])
            _ = join("", name: "b")
            _ = join("a")
            _ = sync("b", generation: group.generation)
            _ = sync("a", generation: group.generation, ["a": [1], "b": [2]])
        }
    }

    @Test("the first member leads, and is told of itself alone")
    func first() {
        var stage = Stage()
        let token = stage.join("", name: "a")
        let answer = stage.joined[token]
        #expect(answer?.code == ErrorCode.none)
        #expect(answer?.generation == 1)
        #expect(answer?.leader == "a")
        #expect(answer?.members.map(\.identifier) == ["a"])
        let synced = stage.sync("a", generation: 1, ["a": [7]])
        #expect(stage.synced[synced]?.assignment == [7])
        #expect(stage.group.state == .stable)
        #expect(stage.stored == 1)
    }

    @Test("a member without a name is given one, and comes back with it")
    func named() {
        var stage = Stage()
        let refused = stage.join("", needsName: true, name: "a")
        #expect(stage.joined[refused]?.code == .memberIDRequired)
        #expect(stage.joined[refused]?.member == "a")
        let taken = stage.join("a")
        #expect(stage.joined[taken]?.code == ErrorCode.none)
        #expect(stage.joined[stage.join("nobody")]?.code == .unknownMemberID)
    }

    @Test("an empty group gathers for a while before its first generation")
    func gathers() {
        var stage = Stage()
        stage.rules.gatherMilliseconds = 100
        let first = stage.join("", name: "a")
        #expect(stage.joined[first] == nil)
        #expect(stage.group.nextDeadline == 1100)
        stage.pass(60)
        let second = stage.join("", name: "b")
        stage.pass(60)
        #expect(stage.joined[second] == nil)
        stage.pass(40)
        #expect(stage.joined[first]?.members.map(\.identifier) == ["a", "b"])
        #expect(stage.joined[second]?.members.isEmpty == true)
        #expect(stage.joined[second]?.leader == "a")
    }

    @Test("another member has all join anew, and heartbeats say so")
    func rebalances() {
        var stage = Stage()
        let first = stage.join("", name: "a")
        _ = stage.sync("a", generation: stage.joined[first]?.generation ?? 0)
        let second = stage.join("", name: "b")
        #expect(stage.group.state == .preparing)
        #expect(stage.group.heartbeat("a", nil, 1, now: stage.now) == .rebalanceInProgress)
        #expect(stage.synced[stage.sync("a", generation: 1)]?.code == .rebalanceInProgress)
        let again = stage.join("a")
        #expect(stage.joined[again]?.generation == 2)
        #expect(stage.joined[second]?.generation == 2)
        let waits = stage.sync("b", generation: 2)
        #expect(stage.synced[waits] == nil)
        #expect(stage.group.heartbeat("b", nil, 2, now: stage.now) == ErrorCode.none)
        let leads = stage.sync("a", generation: 2, ["a": [1], "b": [2]])
        #expect(stage.synced[waits]?.assignment == [2])
        #expect(stage.synced[leads]?.assignment == [1])
    }

    @Test("the protocol that all understand wins")
    func chooses() {
        var stage = Stage()
        _ = stage.join("", name: "a", protocols: ["sticky", "range"])
        let second = stage.join("", name: "b", protocols: ["range", "robin"])
        _ = stage.join("a", protocols: ["sticky", "range"])
        #expect(stage.joined[second]?.protocolName == "range")
        let stranger = stage.join("", name: "c", protocols: ["other"])
        #expect(stage.joined[stranger]?.code == .inconsistentGroupProtocol)
        let connector = stage.join("", name: "d", type: "connect")
        #expect(stage.joined[connector]?.code == .inconsistentGroupProtocol)
    }

    @Test("who is silent goes, and the others share what it had")
    func silence() {
        var stage = Stage()
        stage.settle()
        #expect(stage.group.state == .stable)
        stage.now += 6000
        #expect(stage.group.heartbeat("a", nil, 2, now: stage.now) == ErrorCode.none)
        stage.pass(6000)
        #expect(stage.group.members.keys.sorted() == ["a"])
        #expect(stage.group.state == .preparing)
        let again = stage.join("a")
        #expect(stage.joined[again]?.generation == 3)
    }

    @Test("who does not join again in time is left out")
    func late() {
        var stage = Stage()
        stage.settle()
        let again = stage.join("", name: "c")
        stage.now += 59_000
        // A member that is heard of but does not join.
        #expect(stage.group.heartbeat("a", nil, 2, now: stage.now) == .rebalanceInProgress)
        #expect(stage.group.heartbeat("b", nil, 2, now: stage.now) == .rebalanceInProgress)
        stage.pass(1000)
        #expect(stage.joined[again]?.members.map(\.identifier) == ["c"])
        #expect(stage.group.members.keys.sorted() == ["c"])
    }

    @Test("who does not fetch its assignment in time goes")
    func noSync() {
        var stage = Stage()
        stage.settle()
        _ = stage.join("", name: "c")
        _ = stage.join("b")
        _ = stage.join("a")
        _ = stage.sync("b", generation: 3)
        stage.now += 59_000
        stage.group.touch("a", now: stage.now)
        stage.group.touch("c", now: stage.now)
        stage.pass(1000)
        #expect(stage.group.members.keys.sorted() == ["b"])
    }

    @Test("leaving has the others join anew; the last leaves an empty group with its generation")
    func leaves() {
        var stage = Stage()
        stage.settle()
        let (code, effects) = stage.group.leave("b", nil, now: stage.now)
        stage.take(effects)
        #expect(code == .none)
        #expect(stage.group.state == .preparing)
        stage.take(stage.group.leave("a", nil, now: stage.now).1)
        #expect(stage.group.state == .empty)
        #expect(stage.group.generation == 3)
        #expect(stage.group.leave("a", nil, now: stage.now).0 == .unknownMemberID)
    }

    @Test("a static member that comes back keeps its assignment, and its old self is turned away")
    func fixed() {
        var stage = Stage()
        let first = stage.join("", instance: "i", name: "a")
        _ = stage.sync("a", generation: stage.joined[first]?.generation ?? 0, ["a": [1]])
        let second = stage.join("", instance: "j", name: "b")
        _ = stage.join("a", instance: "i")
        _ = stage.sync("b", generation: 2)
        _ = stage.sync("a", generation: 2, ["a": [1], "b": [2]])
        #expect(stage.joined[second]?.generation == 2)
        let back = stage.join("", instance: "j", name: "b2")
        // Its metadata has the name in this test, so it counts as changed; the group stays with the members.
        #expect(stage.group.members["b2"]?.assignment == [2])
        #expect(stage.group.heartbeat("b", "j", 2, now: stage.now) == .fencedInstanceID)
        #expect(stage.group.mayCommit("b", "j", 2, now: stage.now) == .fencedInstanceID)
        #expect(stage.joined[back] == nil)
        _ = stage.join("a", instance: "i")
        #expect(stage.joined[back]?.generation == 3)
    }

    @Test("commits are the members' of the present generation, or anybody's where there is none")
    func commits() {
        var stage = Stage()
        #expect(stage.group.mayCommit("", nil, -1, now: 0) == nil)
        stage.settle()
        #expect(stage.group.mayCommit("", nil, -1, now: stage.now) == .unknownMemberID)
        #expect(stage.group.mayCommit("a", nil, 1, now: stage.now) == .illegalGeneration)
        #expect(stage.group.mayCommit("x", nil, 2, now: stage.now) == .unknownMemberID)
        #expect(stage.group.mayCommit("a", nil, 2, now: stage.now) == nil)
    }

    @Test("a group is the same when it is read from its record", arguments: [true, false])
    func record(isStable: Bool) {
        var stage = Stage()
        stage.settle()
        if !isStable {
            stage.take(stage.group.leave("a", nil, now: stage.now).1)
            stage.take(stage.group.leave("b", nil, now: stage.now).1)
        }
        let written = GroupRecord.group("g", stage.group)
        guard
            case .group("g", let read)? = GroupRecord(key: written.key, value: written.value(now: 5), now: 9)
        else {
            Issue.record("no group")
            return
        }
        #expect(read?.generation == stage.group.generation)
        #expect(read?.state == stage.group.state)
        #expect(read?.members.mapValues(\.assignment) == stage.group.members.mapValues(\.assignment))
        #expect(read?.leader == stage.group.leader)
    }

    @Test("seeded members doing anything keep the group's rules", arguments: 0..<20)
    func anything(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var stage = Stage()
        stage.rules.gatherMilliseconds = 50
        var asked: Set<Int> = []
        for step in 0..<300 {
            let names = stage.group.order + Array(stage.group.promised.keys.sorted()) + ["", "x"]
            let name = names[Int.random(in: 0..<names.count, using: &random)]
            let old = stage.group.generation
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: asked.insert(stage.join(name, needsName: step % 2 == 0, name: "m\(step)"))
            case 2: asked.insert(stage.join("", instance: "i\(step % 3)", name: "s\(step)"))
            case 3, 4: asked.insert(stage.sync(name, generation: old, [name: [1]]))
            case 5: _ = stage.group.heartbeat(name, nil, old, now: stage.now)
            case 6: stage.take(stage.group.leave(name, nil, now: stage.now).1)
            default: stage.pass(Int64.random(in: 0..<20_000, using: &random))
            }
            #expect(stage.group.generation >= old, "seed \(seed)")
            #expect(Set(stage.group.order) == Set(stage.group.members.keys), "seed \(seed)")
            let leads = stage.group.leader.map { stage.group.members[$0] != nil } ?? true
            #expect(leads, "seed \(seed), step \(step)")
            // Whoever waits is waited for by the group, too.
            let waiting = stage.group.members.values.contains { $0.joining != nil || $0.syncing != nil }
            #expect(!waiting || stage.group.nextDeadline != nil, "seed \(seed), step \(step)")
        }
        // Time answers everybody.
        for _ in 0..<10 { stage.pass(700_000) }
        let open = asked.filter { stage.joined[$0] == nil && stage.synced[$0] == nil }
        #expect(open.isEmpty, "seed \(seed): \(open)")
        #expect(stage.group.members.isEmpty, "seed \(seed)")
    }
}
