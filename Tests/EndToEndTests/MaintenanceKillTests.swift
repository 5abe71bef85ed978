import Foundation
import Testing

/// `kill -9` to `table optimize` and `table vacuum` while another engine reads the table: it never sees a
/// wrong version.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct MaintenanceKillTests {
    @Test(arguments: Place.isFull ? Array(0..<5) : [0]) func readersNeverSeeAWrongVersion(seed: Int) throws {
        let folder = try Place.folder("maintained")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let kills = Place.isFull ? "40" : "8"
        try Oracle.expect(
            "kill_table.py", [Place.program, folder, "--kills", kills, "--seed", String(seed)])
    }
}
