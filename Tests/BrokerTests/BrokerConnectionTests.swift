import Foundation
import Testing

@testable import Broker

/// Clients that go, that nobody knows, or that hold up others.
@Suite("Connections of a broker")
struct BrokerConnectionTests {
    private typealias Place = BrokerServerTests.Place

    private func length(_ count: Int32) -> [UInt8] { withUnsafeBytes(of: count.bigEndian) { Array($0) } }

    @Test("whoever has not said who it is may send small requests only")
    func strangers() throws {
        let place = try Place { $0.passwords = ["user": "pencil"] }
        defer { place.stop() }
        try place.store.create("t")
        let stranger = try ClientSocket(place.server.address)
        let _: ApiVersionsResponse = try stranger.ask(ApiVersionsRequest(), version: 3)
        try stranger.write(length(600 << 10))
        // It has sent a length alone: the connection ends without more, and none of the memory is taken.
        #expect(waitUntil { place.server.connectionCount == 0 })
        #expect(place.server.loop.budget.left == ConnectionLimits().totalBytes)

        let client = try ClientSocket(place.server.address)
        var shake = SaslHandshakeRequest()
        shake.mechanism = "PLAIN"
        let _: SaslHandshakeResponse = try client.ask(shake, version: 1)
        var proof = SaslAuthenticateRequest()
        proof.authBytes = Array("\0user\0pencil".utf8)
        let _: SaslAuthenticateResponse = try client.ask(proof, version: 2)
        let records = try SampleRequests.batch([String(repeating: "x", count: 700 << 10)])
        let written: ProduceResponse = try client.ask(SampleRequests.production("t", records), version: 9)
        #expect(written.responses[0].partitionResponses[0].errorCode == 0)
    }

    @Test("a connection that waits for memory ends when its client breaks it off")
    func starved() throws {
        let place = try Place { $0.maximumBytesInFlight = 1 }
        defer { place.stop() }
        let first = try ClientSocket(place.server.address)
        try first.write(length(100 << 10))
        #expect(waitUntil { place.server.loop.budget.left < 0 })
        do {
            let second = try ClientSocket(place.server.address)
            let question = ClientSocket.frame(ApiVersionsRequest(), version: 3, correlation: 1)
            try second.write(question + length(100 << 10))
            #expect(try second.read(ApiVersionsResponse.self, version: 3).errorCode == 0)
            // It begins to wait for memory behind the answer, which nothing tells of. Were it not to by then
            // it would end in another way.
            usleep(20_000)
            second.breaksOff()
        }
        #expect(waitUntil(seconds: 5) { place.server.connectionCount == 1 })
    }

    @Test("a fetch that waits does not outlive its client")
    func leftFetch() throws {
        let place = try Place()
        defer { place.stop() }
        try place.store.create("t")
        do {
            let client = try ClientSocket(place.server.address)
            let fetch = SampleRequests.fetch("t", offset: 0, wait: 50_000)
            let _: ApiVersionsResponse = try client.ask(ApiVersionsRequest(), version: 3)
            try client.write(ClientSocket.frame(fetch, version: 12, correlation: 1))
        }
        #expect(waitUntil(seconds: 5) { place.server.connectionCount == 0 })
    }

    @Test("a fetch that asks for more than it may be given gets what there is", arguments: [700, 1 << 20])
    func minimum(maxBytes: Int32) throws {
        let place = try Place()
        defer { place.stop() }
        try place.store.create("t")
        let client = try ClientSocket(place.server.address)
        for _ in 0..<3 {
            let records = try SampleRequests.batch([String(repeating: "x", count: 400)])
            let _: ProduceResponse = try client.ask(SampleRequests.production("t", records), version: 9)
        }
        // With the smaller bound a second batch is there that does not fit.
        var fetch = SampleRequests.fetch("t", offset: 0, wait: maxBytes < 1000 ? 50_000 : 1)
        fetch.minBytes = .max
        fetch.maxBytes = maxBytes
        let begun = SteadyClock.milliseconds
        let answer: FetchResponse = try client.ask(fetch, version: 12)
        #expect(SteadyClock.milliseconds - begun < 40_000)
        let count = answer.responses.first?.partitions.first?.records?.count ?? 0
        #expect(maxBytes < 1000 ? count > 400 && count < 700 : count > 1200)
    }

    @Test("a deletion of records that waits for a compaction holds up nobody else")
    func deletion() throws {
        let place = try Place { $0.threads = 1 }
        defer { place.stop() }
        try place.store.create("t")
        try place.store.append([TopicRecord(value: [1], timestamp: 1)], to: "t", partition: 0)
        let log = try place.store.catalogue.log("t", 0)
        var partition = DeleteRecordsRequest.DeleteRecordsPartition()
        partition.offset = 1
        var topic = DeleteRecordsRequest.DeleteRecordsTopic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = DeleteRecordsRequest()
        request.topics = [topic]
        let deleter = try ClientSocket(place.server.address)
        // As a compaction holds it.
        try log.maintenance.withLock { _ in
            let question = ClientSocket.frame(ApiVersionsRequest(), version: 3, correlation: 1)
            try deleter.write(question + ClientSocket.frame(request, version: 2, correlation: 2))
            // The only thread has come so far.
            #expect(try deleter.read(ApiVersionsResponse.self, version: 3).errorCode == 0)
            let other = try ClientSocket(place.server.address, waitSeconds: 5)
            let answer: ApiVersionsResponse = try other.ask(ApiVersionsRequest(), version: 3)
            #expect(answer.errorCode == 0)
            #expect(log.bounds.logStart == 0)
        }
        let deleted = try deleter.read(DeleteRecordsResponse.self, version: 2)
        #expect(deleted.topics[0].partitions[0].errorCode == 0)
        #expect(deleted.topics[0].partitions[0].lowWatermark == 1)
    }
}
