import Foundation
import TestKit
import Testing

/// `kill -9` of a run that reads a table while it changes: the copy is the table in the end.
///
/// 3 kills, and 40 with MILLRACE_FULL=1.
@Suite(
    "Kills while a table is read", .serialized,
    .enabled(
        if: Program.isHere && PostgresServer.isHere, "\(Program.isMissing), \(PostgresServer.isMissing)"))
struct SourceKillTests {
    private static let rows = 3000
    private static let kills = Place.isFull ? 4 : 3

    @Test(arguments: 0..<(Place.isFull ? 10 : 1)) func theCopyIsTheTableInTheEnd(seed: Int) throws {
        let place = try Place()
        var dice = SeededGenerator(seed: UInt64(seed))
        try place.sql(
            "CREATE TABLE products (id text PRIMARY KEY, name text, price numeric(10,2), tags text[], "
                + "updated_at timestamptz NOT NULL DEFAULT now(), gone boolean); "
                + "INSERT INTO products SELECT 'p' || n, 'first', n FROM generate_series(1, \(Self.rows)) n")
        let options =
            "deleted_at = 'gone'"
            + (seed % 2 == 0 ? ", updated_at = 'updated_at', compare.interval = '0'" : "")
        let script = place.folder + "/copy.sql"
        try ("SET 'epoch.max.bytes' = '20000';\n" + SourceTests.copying(options))
            .replacingOccurrences(of: "$url", with: place.url)
            .write(toFile: script, atomically: true, encoding: .utf8)
        let arguments = ["run", script, "--state", place.state, "--quiet"]
        for kill in 0..<Self.kills {
            let run = try Program(arguments + ["--trigger", "20ms"])
            for _ in 0..<dice.int(1...4) {
                usleep(UInt32(dice.int(0...150_000)))
                try change(place, &dice, "kill \(kill)")
            }
            run.kill()
            #expect(run.wait() == nil, "it ran until it was killed")
        }
        try change(place, &dice, "last")
        #expect(try Program(arguments + ["--once"]).wait() == 0)
        #expect(
            try place.sql(
                """
                SELECT count(*) FROM (
                    (SELECT id, name, price, tags FROM products WHERE gone IS NOT TRUE EXCEPT TABLE copied)
                    UNION ALL
                    (TABLE copied EXCEPT SELECT id, name, price, tags FROM products WHERE gone IS NOT TRUE)) d
                """) == "0", "seed \(seed)")
    }

    private func change(_ place: Place, _ dice: inout SeededGenerator, _ name: String) throws {
        let (from, share) = (dice.int(1...Self.rows), dice.int(1...400))
        let some = "id IN (SELECT 'p' || n FROM generate_series(\(from), \(from + share)) n)"
        switch dice.below(3) {
        case 0:
            try place.sql(
                "UPDATE products SET gone = NOT coalesce(gone, false), updated_at = now() WHERE \(some)")
        case 1: try place.sql("INSERT INTO products VALUES ('\(name) \(dice.next())', 'n', 1)")
        default: try place.sql("UPDATE products SET name = '\(name)', updated_at = now() WHERE \(some)")
        }
    }
}
