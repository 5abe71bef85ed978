import Foundation
import Testing

@testable import Broker

/// Two transactional producers of one application that write the same partitions, and commit for the same
/// group, at the same time.
@Suite("Two transactions at the same time")
struct TwoProducersTests {
    private typealias Place = BrokerServerTests.Place
    private static let partition = TopicPartition(topic: "in", partition: 0)

    /// What a reader of the group's offset is told.
    private func offset(_ place: Place, needsStable: Bool = true) -> String {
        let found = place.server.groups.offsets(
            of: "g", [TwoProducersTests.partition], needsStable: needsStable)
        switch found[0].1 {
        case .offset(let offset): return String(offset.offset)
        case .none: return "none"
        case .unstable: return "unstable"
        }
    }

    /// Two producers with open transactions on one partition; the offsets are committed in this order.
    private func began(
        _ place: Place, offsets: [(first: Bool, offset: Int64)]
    ) throws -> (first: TransactionalClient, second: TransactionalClient) {
        let first = TransactionalClient(place.server.address, "x")
        let second = TransactionalClient(place.server.address, "x-1")
        for producer in [first, second] {
            #expect(try producer.begin() == ErrorCode.none)
            #expect(try producer.add("t", [0]) == ErrorCode.none)
            #expect(try producer.produce("t", 0, [producer.name]) == ErrorCode.none)
            #expect(try producer.addGroup("g") == ErrorCode.none)
        }
        for (isFirst, offset) in offsets {
            #expect(try (isFirst ? first : second).commit(offset, of: "in", to: "g") == ErrorCode.none)
        }
        return (first, second)
    }

    private func restarted(_ place: Place) throws -> Place {
        place.stop()
        return try Place(place.files)
    }

    private func made() throws -> Place {
        let place = try Place()
        for topic in ["t", "in"] { try place.store.create(topic) }
        return place
    }

    @Test("readers of committed records wait for the earlier one")
    func readers() throws {
        let place = try made()
        defer { place.stop() }
        let (first, second) = try began(place, offsets: [(true, 10), (false, 20)])
        let log = try place.store.catalogue.log("t", 0)
        #expect(log.bounds.lastStable == 0)
        #expect(try second.end(isCommit: true) == ErrorCode.none)
        #expect(log.bounds.lastStable == 0, "the first one is open still")
        #expect(try log.committedValues() == [])
        #expect(try first.end(isCommit: true) == ErrorCode.none)
        #expect(log.bounds.lastStable == log.bounds.logEnd)
        #expect(try log.committedValues() == ["x", "x-1"])
    }

    @Test("what was written later holds, whichever is committed first")
    func offsets() throws {
        for isFirstLater in [false, true] {
            for isFirstEndedFirst in [false, true] {
                var place = try made()
                defer { place.stop() }
                let order: [(first: Bool, offset: Int64)] =
                    isFirstLater ? [(false, 20), (true, 10)] : [(true, 10), (false, 20)]
                let (first, second) = try began(place, offsets: order)
                #expect(offset(place) == "unstable")
                let ends = isFirstEndedFirst ? [first, second] : [second, first]
                #expect(try ends[0].end(isCommit: true) == ErrorCode.none)
                #expect(offset(place) == "unstable", "the other one may still change it")
                #expect(offset(place, needsStable: false) == (isFirstEndedFirst ? "10" : "20"))
                place = try restarted(place)
                #expect(offset(place) == "unstable")
                #expect(offset(place, needsStable: false) == (isFirstEndedFirst ? "10" : "20"))
                ends[1].move(to: place.server.address)
                #expect(try ends[1].end(isCommit: true) == ErrorCode.none)
                #expect(offset(place) == (isFirstLater ? "10" : "20"))
                place = try restarted(place)
                #expect(offset(place) == (isFirstLater ? "10" : "20"))
            }
        }
    }

    @Test("what is taken back changes nothing of the other's")
    func abort() throws {
        for isFirstAborted in [false, true] {
            var place = try made()
            defer { place.stop() }
            let (first, second) = try began(place, offsets: [(true, 10), (false, 20)])
            #expect(try first.end(isCommit: !isFirstAborted) == ErrorCode.none)
            #expect(try second.end(isCommit: isFirstAborted) == ErrorCode.none)
            #expect(offset(place) == (isFirstAborted ? "20" : "10"))
            let log = try place.store.catalogue.log("t", 0)
            #expect(try log.committedValues() == [isFirstAborted ? "x-1" : "x"])
            place = try restarted(place)
            #expect(offset(place) == (isFirstAborted ? "20" : "10"))
        }
    }

    @Test("what a group forgets does not come back with a transaction that was open")
    func forgotten() throws {
        var place = try made()
        defer { place.stop() }
        let (first, second) = try began(place, offsets: [(true, 10), (false, 20)])
        #expect(try first.end(isCommit: true) == ErrorCode.none)
        let (code, _) = place.server.groups.deleteOffsets(of: "g", [TwoProducersTests.partition]) { _ in [] }
        #expect(code == ErrorCode.none)
        #expect(try second.end(isCommit: true) == ErrorCode.none)
        #expect(offset(place) == "none")
        place = try restarted(place)
        #expect(offset(place, needsStable: false) == "none")
    }
}
