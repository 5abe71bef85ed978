import Foundation
import Testing

/// What goes wrong around a pipeline: it says so, waits or stops, and nothing is lost or doubled.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct FaultTests {
    private static let epochBytes = 3_000_000

    /// What lies on the disk that fails.
    enum Part: CaseIterable {
        case lake, state
    }

    /// A pipeline of which a part is on a disk of its own.
    private func command(_ shop: Shop, _ part: Part, on disk: MountedDisk) -> [String] {
        let (old, name) = part == .lake ? (shop.lake, "/lake") : (shop.state, "/state")
        return shop.command(["--once"]).map { $0.replacingOccurrences(of: old, with: disk.path + name) }
    }

    private func expectReference(_ lake: String, _ what: String) throws {
        try Oracle.expectEqual(lake, try AnswerTests.reference.get().lake, what)
    }

    @Test(
        .enabled(if: MountedDisk.isPossible, "\(MountedDisk.isImpossible)"),
        arguments: [(Part.lake, "4m"), (.state, "300k")]
            + (Place.isFull ? [(.lake, "7m"), (.state, "1m")] : []))
    func aFullDiskIsToldAndTheRunGoesOnWhenThereIsSpace(part: Part, size: String) throws {
        let shop = try Shop("full", reading: try Oracle.data(.medium), epochBytes: Self.epochBytes)
        defer { shop.remove() }
        let disk = try MountedDisk(in: shop.folder)
        let run = try disk.run(command(shop, part, on: disk), "size=\(size)")
        try waitUntil("it says that the disk is full") { run.said.contains("no space left on device") }
        let told = try #require(run.said.split(separator: "\n").first { $0.contains("no space left") })
        #expect(told.contains("waiting") && told.contains("nothing is lost") && told.contains("next:"))
        #expect(told.contains(disk.path), "the place is not named: \(told)")
        usleep(300_000)
        try disk.remount("size=1g")
        let ended = try run.wait()
        #expect(ended.exitCode == 0, "\(ended.errors)")
        try expectReference(part == .lake ? disk.kept + "/lake" : shop.lake, "\(part) on \(size)")
    }

    /// A run that is killed while it waits is finished by the next one.
    @Test(.enabled(if: MountedDisk.isPossible, "\(MountedDisk.isImpossible)"))
    func aRunThatWaitsForSpaceCanBeKilledAndGoneOnWith() throws {
        let shop = try Shop("full", reading: try Oracle.data(.medium), epochBytes: Self.epochBytes)
        defer { shop.remove() }
        let disk = try MountedDisk(in: shop.folder)
        let run = try disk.run(command(shop, .lake, on: disk), "size=5m")
        try waitUntil("it says that the disk is full") { run.said.contains("no space left on device") }
        try disk.kill()
        #expect(try run.wait().exitCode == 128 + SIGKILL)
        try FileManager.default.moveItem(atPath: disk.kept + "/lake", toPath: shop.lake)
        // The tables are where they were, as far as the pipeline knows.
        try FileManager.default.removeItem(atPath: disk.path)
        try FileManager.default.createSymbolicLink(atPath: disk.path, withDestinationPath: shop.folder)
        let again = try RunningProgram(command(shop, .lake, on: disk)).wait()
        #expect(again.exitCode == 0, "\(again.errors)")
        try expectReference(shop.lake, "after a kill on a full disk")
    }

    /// Only the lake: a state directory always has files open, and then the system refuses.
    @Test(.enabled(if: MountedDisk.isPossible, "\(MountedDisk.isImpossible)"))
    func aLakeThatIsReadOnlyForAWhileIsWaitedFor() throws {
        let shop = try Shop("readonly", reading: try Oracle.data(.medium), epochBytes: 1_000_000)
        defer { shop.remove() }
        let disk = try MountedDisk(in: shop.folder)
        let run = try disk.run(command(shop, .lake, on: disk), "size=1g")
        try waitUntil("the second epoch") { CommitStep.begun.isReached(by: 2, in: shop) }
        try disk.remount("ro")
        try waitUntil("it says that the disk is read-only") { run.said.contains("read-only file system") }
        usleep(300_000)
        try disk.remount("rw")
        let ended = try run.wait()
        #expect(ended.exitCode == 0, "\(ended.errors)")
        try expectReference(disk.kept + "/lake", "read-only")
    }

    /// How the end of the newest log may look after the power went.
    enum Tear: CaseIterable {
        case cutByOne, cutByTen, zeros, noise
    }

    @Test(arguments: Tear.allCases) func aTornLastLogEntryIsNoLoss(tear: Tear) throws {
        let shop = try Shop("torn", reading: try Oracle.data(.medium), epochBytes: Self.epochBytes)
        defer { shop.remove() }
        let run = try RunningProgram(shop.command(["--once", "--quiet"]))
        try waitUntil("epoch 4", pause: 100) { CommitStep.begun.isReached(by: 4, in: shop) }
        run.signal(SIGKILL)
        try #require(try run.wait().exitCode == nil)
        let logs = try FileManager.default.contentsOfDirectory(atPath: shop.state + "/log").sorted()
        let log = URL(fileURLWithPath: shop.state + "/log/" + (try #require(logs.last)))
        var bytes = try Data(contentsOf: log)
        switch tear {
        case .cutByOne: bytes = bytes.dropLast(1)
        case .cutByTen: bytes = bytes.dropLast(10)
        case .zeros: bytes += Data(repeating: 0, count: 4096)
        case .noise: bytes += Data([13, 0, 0, 0] + (0..<200).map { UInt8($0 & 0xFF) })
        }
        try bytes.write(to: log)
        try shop.runOnce()
        try expectReference(shop.lake, "\(tear), \(bytes.count) bytes")
    }

    /// Half a file where a data file or a version was being written, as a crash may leave it.
    @Test func whatACrashLeftOfUnfinishedFilesIsHarmless() throws {
        let shop = try Shop("left", epochBytes: Self.epochBytes)
        defer { shop.remove() }
        let files = try Oracle.files(try Oracle.data(.medium))
        for file in files.prefix(3) { try shop.deliver(file) }
        try shop.runOnce()
        for name in [
            "lake/gold/revenue/.2kx-9.tmp", "lake/gold/revenue/_delta_log/.2kx-10.tmp",
            "state/state/open-7.state.tmp", "lake/gold/revenue/part-00000099-0001-0-0-0.zstd.parquet",
        ] {
            try Data("half".utf8).write(to: URL(fileURLWithPath: shop.folder + "/" + name))
        }
        for file in files.dropFirst(3) { try shop.deliver(file) }
        try shop.runOnce()
        try expectReference(shop.lake, "unfinished files")
    }
}
