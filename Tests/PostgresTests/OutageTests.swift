import Diagnostics
import Foundation
import Runtime
import TestKit
import Testing

/// A server that comes and goes.
@Suite(
    "A database that is away", .serialized,
    .enabled(if: PostgresServer.isHere, "\(PostgresServer.isMissing)"))
struct OutageTests {
    /// One that only these tests stop, one after another.
    private static let server = Result { try PostgresServer() }
    private static let pipeline =
        SinkTests.counts + Place.sink("raw", from: "events") + Place.sink("sums", from: "counts")

    private static func lines(_ range: Range<Int>) -> [String] {
        range.map { Place.line($0, user: $0 % 17, price: "0.10") }
    }

    private static func expectAll(_ count: Int, _ place: Place, _ what: String = "") throws {
        #expect(
            try place.sql("SELECT count(*), count(DISTINCT id), sum(price)::numeric(10,1) FROM events")
                == "\(count)|\(count)|\(Double(count) / 10)", "\(what)")
        #expect(try place.sql("SELECT sum(c), count(*) FROM counts") == "\(count)|17", "\(what)")
        #expect(try place.letters().isEmpty, "\(what)")
    }

    /// Its sessions are ended at moments by chance, and the server itself crashes now and then.
    @Test(arguments: 0..<(Place.isFull ? 20 : 1))
    func nothingIsLostOrDoubledWhenTheServerCrashes(seed: Int) throws {
        let server = try Self.server.get()
        let place = try Place(server)
        place.epochBytes = 10_000
        var dice = SeededGenerator(seed: UInt64(seed))
        let running = try Running(try place.task(Self.pipeline, patience: nil))
        for part in 0..<6 {
            try place.deliver(Self.lines(part * 1000..<(part + 1) * 1000), as: "\(part).json")
            usleep(UInt32(dice.int(0...300_000)))
            if part % 3 == 1 {
                server.crash()
                usleep(UInt32(dice.int(0...300_000)))
                try server.start()
            } else {
                _ = try? place.sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        + "WHERE application_name = 'millrace'"
                )
            }
        }
        try running.waitUntil { (try? place.sql("SELECT coalesce(sum(c), 0) FROM counts")) == "6000" }
        try running.waitUntil { (try? place.sql("SELECT count(*) FROM events")) == "6000" }
        try running.stop()
        try Self.expectAll(6000, place, "seed \(seed)")
    }

    @Test func theStatusSaysThatItWaits() throws {
        let server = try Self.server.get()
        let place = try Place(server)
        let running = try Running(try place.task(Self.pipeline, patience: nil))
        try place.deliver(Self.lines(0..<100), as: "a.json")
        try running.waitUntil { (try? place.sql("SELECT count(*) FROM events")) == "100" }
        server.crash()
        try place.deliver(Self.lines(100..<200), as: "b.json")
        var reason: Diagnostic?
        try running.waitUntil {
            if case .retrying(let diagnostic, _) = running.status.phase { reason = diagnostic }
            return reason != nil
        }
        let text = try #require(reason).rendered()
        #expect(text.contains("postgresql://app@127.0.0.1:"))
        #expect(!text.contains(server.password))
        try server.start()
        try running.waitUntil { (try? place.sql("SELECT count(*) FROM events")) == "200" }
        try running.stop()
        try Self.expectAll(200, place)
    }

    /// A start finds the server away, and waits for it.
    @Test func aStartWaitsForTheServer() throws {
        let server = try Self.server.get()
        let place = try Place(server)
        try place.deliver(Self.lines(0..<100), as: "a.json")
        server.crash()
        let running = try Running(try place.task(Self.pipeline, patience: nil), once: true)
        try running.waitUntil { if case .retrying = running.status.phase { true } else { false } }
        try server.start()
        try running.waitUntil { running.isDone }
        try running.stop()
        try Self.expectAll(100, place)
    }
}
