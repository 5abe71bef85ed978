import Foundation
import Testing

/// Processes of a service that are killed, stopped and joined by others: together they make what one makes.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct ServiceKillTests {
    static let seeds = Array(0..<(Place.isFull ? 12 : 1))

    @Test(arguments: seeds) func manyProcessesMakeWhatOneMakes(seed: Int) throws {
        let folder = try Place.folder("service")
        let kills = Place.isFull ? 15 : 1
        var arguments = [folder, "\(seed)", "\(kills)"]
        // Starting a database takes as long as the small test.
        let database = Place.isFull ? try Database() : nil
        if let database { arguments.append(database.url) }
        try Oracle.expect("service_kills.py", arguments)
        database?.stop()
    }

    /// A throwaway PostgreSQL.
    private final class Database {
        let url: String
        private let server: RunningProgram
        private let folder: String

        init() throws {
            // Short: a socket's path has 107 bytes at most.
            let path = "/tmp/millrace-pg-e2e-\(UInt32.random(in: .min ... .max))"
            folder = path
            server = try RunningProgram([Place.package + "/scripts/postgres-server", path])
            try waitUntil("the database", limit: 120) {
                FileManager.default.fileExists(atPath: path + "/url")
            }
            url = try String(contentsOfFile: path + "/url", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }

        func stop() {
            server.signal(SIGINT)
            _ = try? server.wait()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
