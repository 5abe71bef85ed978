import Diagnostics
import Foundation
import Storage
import Synchronization
import Testing

@testable import Connectors

/// Processes that share tasks: here several members of one process, which locks keep apart all the same.
@Suite struct ServiceDirectoryTests {
    private let path = FileManager.default.temporaryDirectory
        .appending(path: "millrace-service-\(UUID().uuidString)").path

    private func wish(
        _ name: String = "shop", tasks: Int? = nil, isKeyed: Bool = true, plan: UInt64 = 1
    ) -> ServiceDirectory.Wish {
        ServiceDirectory.Wish(name: name, tasks: tasks, isKeyed: isKeyed, plan: plan)
    }

    private func remove() { try? FileManager.default.removeItem(atPath: path) }

    private func join(
        _ wish: ServiceDirectory.Wish, _ partitions: [String: Int] = ["events": 6]
    ) throws -> ServiceMember {
        try #require(try ServiceDirectory(path).join(wish, partitions: partitions))
    }

    @Test func sharesAreAsEvenAsCanBe() {
        for tasks in 0..<20 {
            for members in 1..<9 {
                let counts = (0..<members).map {
                    ServiceShare.count(of: tasks, place: $0, members: members)
                }
                #expect(counts.reduce(0, +) == tasks)
                #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
            }
        }
    }

    @Test func whoJoinsHasAShareAndWhoGoesLeavesIt() throws {
        defer { remove() }
        let first = try join(wish())
        #expect(try first.share() == (6, 1))
        var second: ServiceMember? = try join(wish())
        let third = try join(wish())
        let fourth = try join(wish())
        #expect(try [first, second, third, fourth].map { try #require($0).share().tasks } == [2, 2, 1, 1])
        second = nil
        #expect(try [first, third, fourth].map { try $0.share().tasks } == [2, 2, 2])
        #expect(try first.share().members == 3)
        #expect(try ServiceDirectory(path).livingMembers().count == 3)
    }

    @Test func aDeadMembersFileIsRemoved() throws {
        defer { remove() }
        let member = try join(wish())
        let dead = path + "/members/0000000000000000-0000000000000000"
        try Data("pid 1 on nowhere\n".utf8).write(to: URL(filePath: dead))
        #expect(try member.share() == (6, 1))
        #expect(!FileManager.default.fileExists(atPath: dead))
    }

    @Test func aTaskIsOneMembersOnly() throws {
        defer { remove() }
        let (first, second) = (try join(wish()), try join(wish()))
        var lock = try first.claim(3)
        #expect(lock != nil)
        #expect(try second.claim(3) == nil)
        #expect(try ServiceDirectory(path).owner(ofTask: 3)?.hasPrefix("pid \(getpid()) on ") == true)
        #expect(try ServiceDirectory(path).owner(ofTask: 2) == nil)
        lock = nil
        _ = lock
        #expect(try second.claim(3) != nil)
    }

    @Test func theServiceIsWhatItWasMadeAs() throws {
        defer { remove() }
        _ = try join(wish(tasks: 4), ["events": 6, "clicks": 6])
        let manifest = try #require(try ServiceDirectory(path).manifest())
        #expect(manifest.tasks == 4)
        #expect(manifest.partitions(of: "events", task: 1) == [1, 5])
        #expect(manifest.share(of: 2).partitions == ["events": 6, "clicks": 6])
        // What the topics are like now does not matter any more.
        #expect(try join(wish(), ["events": 9, "clicks": 9]).manifest == manifest)
        for wrong in [wish(tasks: 5), wish("other")] {
            #expect(throws: Diagnostic.self) { try join(wrong) }
        }
    }

    @Test func moreTasksThanPartitionsAreNotMade() throws {
        defer { remove() }
        #expect(try join(wish(tasks: 50)).manifest.tasks == 6)
    }

    @Test func topicsThatAreKeyedHaveAsManyPartitions() throws {
        defer { remove() }
        let error = try #require(throws: Diagnostic.self) { try join(wish(), ["events": 6, "clicks": 4]) }
        #expect(error.message.contains("topic clicks has 4 partitions and topic events has 6"))
        #expect(try ServiceDirectory(path).manifest() == nil)
        let member = try join(wish(isKeyed: false), ["events": 6, "clicks": 4])
        #expect(member.manifest.tasks == 6)
        #expect(member.manifest.share(of: 5).partitions == nil)
    }

    @Test func anotherPlanWaitsUntilNobodyRunsTheFormerOne() throws {
        defer { remove() }
        var member: ServiceMember? = try join(wish(plan: 1))
        let error = try #require(throws: Diagnostic.self) { try join(wish(plan: 2)) }
        #expect(error.message.contains("run another pipeline: pid \(getpid()) on "))
        member = nil
        _ = member
        #expect(try join(wish(plan: 2)).manifest.plan == 2)
        #expect(try ServiceDirectory(path).manifest()?.plan == 2)
    }

    @Test func aPipelinesOwnDirectoryIsRefused() throws {
        defer { remove() }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data("a b c\n".utf8).write(to: URL(filePath: path + "/instance"))
        #expect(throws: Diagnostic.self) { try ServiceDirectory(path).check(wish()) }
    }

    @Test(arguments: [
        "", "{}", "{\"format\":2}", "[1", "{\"format\":1,\"service\":\"s\",\"id\":\"a\",\"tasks\":0}",
    ])
    func aManifestThatIsNoneIsRefused(text: String) throws {
        defer { remove() }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path + "/service"))
        #expect(throws: Diagnostic.self) { try ServiceDirectory(path).manifest() }
    }

    /// Members come and go side by side; shares never are more than there are tasks once all have settled.
    @Test func membersThatJoinAtOnceAllGetIn() throws {
        defer { remove() }
        _ = try join(wish())
        let names = Mutex<Set<String>>([])
        DispatchQueue.concurrentPerform(iterations: 24) { _ in
            guard let member = try? ServiceDirectory(path).join(wish(), partitions: nil) else { return }
            _ = try? member.share()
            _ = names.withLock { $0.insert(member.name) }
        }
        #expect(names.withLock { $0.count } == 24)
        #expect(try ServiceDirectory(path).livingMembers().isEmpty)
    }
}
