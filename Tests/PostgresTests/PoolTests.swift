import Foundation
import Synchronization
import TestKit
import Testing

@testable import Postgres

/// Sessions that several users share.
@Suite("Pools of connections", .enabled(if: PostgresServer.isHere, "\(PostgresServer.isMissing)"))
struct PoolTests {
    private func limits(_ connections: Int, idle: Int = 60_000, wait: Int = 60_000) -> PoolLimits {
        var limits = PoolLimits()
        limits.connections = connections
        limits.idleMilliseconds = idle
        limits.waitMilliseconds = wait
        return limits
    }

    private func pool(_ limits: PoolLimits) throws -> (pool: ConnectionPool, url: String) {
        let url = try PostgresServer.shared.get().database("pool")
        return (ConnectionPool.shared(try PostgresAddress(url), limits), url)
    }

    private func sessions(_ url: String) throws -> String {
        try PostgresServer.shared.get().sql(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'millrace' "
                + "AND datname = '\(url.split(separator: "/").last ?? "")'")
    }

    /// More threads than there may be sessions, each of which is held for a while.
    @Test func thereAreNoMoreSessionsThanAllowed() throws {
        let (pool, url) = try pool(limits(3))
        let failures = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 24) { number in
            do {
                try pool.withConnection(for: number % 12) { connection throws(PostgresError) in
                    try connection.execute("SELECT pg_sleep(0.005)")
                    if pool.count > 3 { failures.withLock { $0 += 1 } }
                }
            } catch { failures.withLock { $0 += 1 } }
        }
        #expect(failures.withLock { $0 } == 0)
        #expect((Int(try sessions(url)) ?? 99) <= 3)
        #expect(pool.count <= 3)
    }

    @Test func whoNamesADatabaseAlikeSharesItsPool() throws {
        let (pool, url) = try pool(limits(3))
        #expect(ConnectionPool.shared(try PostgresAddress(url), limits(3)) === pool)
        #expect(ConnectionPool.shared(try PostgresAddress(url), limits(2)) !== pool)
    }

    @Test func aSessionThatNobodyUsesIsClosed() throws {
        let (pool, url) = try pool(limits(3, idle: 30))
        let first = try pool.withConnection(for: 1) { ObjectIdentifier($0) }
        let end = Date(timeIntervalSinceNow: 60)
        while pool.count > 0, Date() < end { usleep(5000) }
        #expect(pool.count == 0)
        while try sessions(url) != "0", Date() < end { usleep(5000) }
        #expect(try sessions(url) == "0")
        // Another one comes in its place.
        _ = first
        #expect(
            try pool.withConnection(for: 1) { c throws(PostgresError) in try c.query("SELECT 1").value }
                == "1")
    }

    @Test func aWaitForASessionHasAnEnd() throws {
        let (pool, _) = try pool(limits(1, wait: 50))
        try pool.withConnection(for: 1) { _ throws(PostgresError) in
            let error = #expect(throws: PostgresError.self) {
                try pool.withConnection(for: 2) { _ throws(PostgresError) in }
            }
            guard case .unavailable(let diagnostic) = error else {
                Issue.record("it is not tried again")
                return
            }
            #expect(diagnostic.message.hasPrefix("all 1 connections to postgresql://app@127.0.0.1:"))
        }
        #expect(pool.count == 1)
    }

    @Test func aLostSessionIsNotGivenOutAgain() throws {
        let (pool, url) = try pool(limits(2))
        _ = try? pool.withConnection(for: 1) { connection throws(PostgresError) in
            try connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        }
        #expect(pool.count == 0)
        #expect(
            try pool.withConnection(for: 1) { c throws(PostgresError) in try c.query("SELECT 1").value }
                == "1")
        #expect(try sessions(url) == "1")
    }

    /// Several sinks of one pipeline have fewer sessions than they are.
    @Test func sinksOfOneDatabaseShareSessions() throws {
        let place = try Place()
        place.epochBytes = 3000
        try place.deliver((0..<600).map { Place.line($0, user: $0 % 7, n: $0) }, as: "a.json")
        let sinks = (0..<6).map {
            Place.sink(
                "s\($0)", from: "events",
                "'auto.create' = 'true', 'table.name.format' = 't\($0)', 'connection.limit' = '2', "
                    + ($0 % 2 == 0 ? "'pk.fields' = 'user', 'insert.mode' = 'upsert'" : "'batch.size' = '7'"))
        }
        let pool = ConnectionPool.shared(try PostgresAddress(place.url), limits(2, wait: 30_000))
        try place.run(sinks.joined())
        for number in 0..<6 {
            #expect(
                try place.sql("SELECT count(*), max(n) FROM t\(number)")
                    == (number % 2 == 0 ? "7|599" : "600|599"))
        }
        #expect((1...2).contains(pool.count))
    }
}
