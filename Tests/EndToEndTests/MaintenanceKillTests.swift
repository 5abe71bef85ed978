import Foundation
import Testing

/// `kill -9` to `table optimize` and `table vacuum` while another engine reads the table: it never sees a
/// wrong version.
@Suite(.enabled(if: Place.canCheck && Place.isFull, "takes a minute: set MILLRACE_FULL=1"))
struct MaintenanceKillTests {
    @Test(arguments: 0..<5) func readersNeverSeeAWrongVersion(seed: Int) throws {
        let folder = try Place.folder("maintained")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Oracle.expect(
            "kill_table.py", [Place.program, folder, "--kills", "40", "--seed", String(seed)])
    }
}
