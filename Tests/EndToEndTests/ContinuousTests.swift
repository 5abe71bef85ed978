import Foundation
import Testing

/// A pipeline that runs until it is told to stop.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct ContinuousTests {
    @Test(arguments: [SIGTERM, SIGINT]) func aSignalEndsTheEpochAndTheNextRunGoesOn(signal: Int32) throws {
        let shop = try Shop("signal")
        defer { shop.remove() }
        let files = try Oracle.files(try Oracle.data(.medium))
        for file in files.prefix(3) { try shop.deliver(file) }
        let run = try RunningProgram(shop.command(["--trigger", "50ms"]))
        try waitUntil("the first epoch") { shop.versions(of: "gold/revenue") > 1 }
        for file in files.dropFirst(3) { try shop.deliver(file) }
        run.signal(signal)
        let ended = try run.wait()
        #expect(ended.exitCode == 0, "\(ended.errors)")
        try shop.runOnce()
        try Oracle.expectEqual(shop.lake, try AnswerTests.reference.get().lake, "signal \(signal)")
    }

    @Test func newFilesAreNoticedAtOnce() throws {
        let shop = try Shop("noticed")
        defer { shop.remove() }
        let files = try Oracle.files(try Oracle.data(.small))
        let run = try RunningProgram(shop.command(["--trigger", "10ms", "--quiet"]))
        defer {
            run.signal(SIGKILL)
            _ = try? run.wait()
        }
        try waitUntil("the first table") { shop.versions(of: "gold/revenue") == 1 }
        for (index, file) in files.prefix(5).enumerated() {
            try shop.deliver(file)
            try waitUntil("file \(index)") { shop.versions(of: "bronze/events") == index + 2 }
        }
    }

    @Test func aStateDirectoryInUseIsRefused() throws {
        let shop = try Shop("locked")
        defer { shop.remove() }
        let run = try RunningProgram(shop.command(["--quiet"]))
        try waitUntil("the lock") { shop.versions(of: "gold/revenue") == 1 }
        let second = try RunningProgram(shop.command(["--once"])).wait()
        #expect(second.exitCode == 1)
        #expect(second.errors.contains("\(shop.state) is in use by another process (pid \(run.processID))"))
        #expect(second.errors.contains("next:"))
        run.signal(SIGTERM)
        #expect(try run.wait().exitCode == 0)
        // The lock is gone with its process.
        try shop.runOnce()
    }
}
