import Foundation
import Synchronization
import TestKit
import Testing

/// `kill -9` of a run that writes to PostgreSQL, and of PostgreSQL: no row is missing, none is there twice.
///
/// 3 kills of the program and 1 of the server; 100 and 20 with MILLRACE_FULL=1. A seed tells when.
@Suite(
    "Kills of the program", .serialized,
    .enabled(
        if: Program.isHere && PostgresServer.isHere, "\(Program.isMissing), \(PostgresServer.isMissing)"))
struct KillTests {
    private static let rows = 20_000
    private static let users = 500
    /// Each of two kills.
    static let seeds = Array(0..<(Place.isFull ? 50 : 1))
    static let serverSeeds = Array(0..<(Place.isFull ? 20 : 1))
    private static let killsOfASeed = 2

    private final class Shop {
        let folder: String
        let url: String
        let server: PostgresServer

        init(_ server: PostgresServer) throws {
            self.server = server
            url = try server.database("kills")
            folder =
                FileManager.default.temporaryDirectory
                .appending(path: "millrace-postgres-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(
                atPath: folder + "/in", withIntermediateDirectories: true)
            let lines = (0..<rows).map {
                "{\"id\":\($0),\"user\":\"u\($0 % users)\",\"price\":\($0 % 100).25}"
            }
            for part in 0..<4 {
                let text = lines[part * rows / 4..<(part + 1) * rows / 4].joined(separator: "\n") + "\n"
                try text.write(toFile: "\(folder)/in/\(part).json", atomically: true, encoding: .utf8)
            }
            try """
            SET 'epoch.max.bytes' = '30000';
            SET 'chunk.bytes' = '10000';
            CREATE STREAM events (id BIGINT, user STRING, price DECIMAL(10, 2)) WITH (
              connector = 'files', path = '\(folder)/in', value_format = 'JSON');
            CREATE TABLE sums AS SELECT user, COUNT(*) AS c, SUM(price) AS total FROM events GROUP BY user;
            CREATE SINK CONNECTOR raw WITH (
              'connector.class' = 'postgres', 'from' = 'events', 'connection.url' = '\(url)',
              'auto.create' = 'true');
            CREATE SINK CONNECTOR totals WITH (
              'connector.class' = 'postgres', 'from' = 'sums', 'connection.url' = '\(url)',
              'auto.create' = 'true');
            CREATE SINK CONNECTOR latest WITH (
              'connector.class' = 'postgres', 'from' = 'events', 'connection.url' = '\(url)',
              'auto.create' = 'true', 'insert.mode' = 'upsert', 'pk.fields' = 'user',
              'table.name.format' = 'latest');
            """.write(toFile: folder + "/shop.sql", atomically: true, encoding: .utf8)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func start() throws -> Program {
            try Program(["run", folder + "/shop.sql", "--state", folder + "/state", "--once", "--quiet"])
        }

        func finish() throws {
            let run = try start()
            #expect(run.wait() == 0)
        }

        /// Waits until the run has committed so many rows, or is over.
        func wait(for count: Int, _ run: Program) {
            while run.isRunning, progress() < count { usleep(1000) }
        }

        /// Rows that are committed.
        func progress() -> Int {
            (try? server.sql("SELECT count(*) FROM events", at: url)).flatMap { Int($0) } ?? 0
        }

        func expectAll(_ what: String) throws {
            #expect(
                try server.sql("SELECT count(*), count(DISTINCT id), sum(price) FROM events", at: url)
                    == "\(rows)|\(rows)|995000.00", "\(what)")
            #expect(
                try server.sql("SELECT count(*), sum(c), sum(total), min(c), max(c) FROM sums", at: url)
                    == "\(users)|\(rows)|995000.00|40|40", "\(what)")
            #expect(
                try server.sql("SELECT count(*), min(id), max(id) FROM latest", at: url)
                    == "\(users)|\(rows - users)|\(rows - 1)", "\(what)")
        }
    }

    /// Where a run is over before it is to be killed, another shop takes its place.
    @Test(arguments: seeds) func aRunThatIsKilledLosesAndDoublesNothing(seed: Int) throws {
        var shop = try Shop(PostgresServer.shared.get())
        var random = SeededGenerator(seed: UInt64(seed))
        var reached: [Int] = []
        for _ in 0..<20 where reached.count < Self.killsOfASeed {
            let run = try shop.start()
            // Sometimes before the first row, mostly in the midst of them.
            if random.chance(80) {
                shop.wait(for: shop.progress() + random.int(1...Self.rows / 3), run)
            }
            usleep(UInt32(random.int(0...50_000)))
            run.kill()
            if run.wait() == nil {
                reached.append(shop.progress())
            } else {
                try shop.expectAll("seed \(seed), killed at \(reached) rows")
                shop = try Shop(PostgresServer.shared.get())
            }
        }
        #expect(reached.count == Self.killsOfASeed, "seed \(seed)")
        try shop.finish()
        try shop.expectAll("seed \(seed), killed at \(reached) rows")
        KillTests.killed.withLock { $0.append("seed \(seed): killed at \(reached) rows") }
    }

    /// One that only these tests kill.
    private static let server = Result { try PostgresServer() }

    /// `kill -9` of its first process: the others find out by themselves, and what they had not written to
    /// the log is gone.
    @Test(arguments: serverSeeds) func aServerThatIsKilledUnderLoadLosesAndDoublesNothing(seed: Int) throws {
        let server = try Self.server.get()
        let shop = try Shop(server)
        var random = SeededGenerator(seed: UInt64(1000 + seed))
        let run = try shop.start()
        shop.wait(for: random.int(1...Self.rows / 2), run)
        let reached = shop.progress()
        let isUnderLoad = run.isRunning
        server.kill()
        usleep(UInt32.random(in: 0..<500_000, using: &random))
        try server.start()
        #expect(run.wait() == 0, "seed \(seed): it ended with \(run.ending)")
        try shop.expectAll("seed \(seed), killed at \(reached) rows")
        KillTests.killed.withLock {
            $0.append("seed \(seed): server killed at \(reached) rows, under load: \(isUnderLoad)")
        }
    }

    /// What was killed when, for whoever wants to know how much of it met the load.
    private static let killed = Mutex<[String]>([])
    private static let telling: Void = {
        atexit { for line in KillTests.killed.withLock({ $0 }) { print("kill:", line) } }
    }()

    init() { if Place.isFull { Self.telling } }
}
