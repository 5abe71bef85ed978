import Foundation
import TestKit
import Testing

/// `kill -9` at any moment, and a start after it: the lake is the same as if nothing had happened.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct KillTests {
    /// Half of the kills in each of the two tests.
    static let seeds = Array(0..<(Place.isFull ? 100 : 10))

    /// Seconds of a run over all input, from start to end, on this machine at this time.
    static let length: Result<Double, any Error> = Result {
        _ = try AnswerTests.reference.get()
        let shop = try Shop("length", reading: try Oracle.data(.medium))
        defer { shop.remove() }
        return try shop.runOnce(["--trigger", "20ms"]).seconds
    }

    /// The moment of a kill: spread evenly over the run, and within its part by the seed.
    private func moment(_ seed: Int, of length: Double) -> Double {
        var random = SeededGenerator(seed: UInt64(seed))
        return length * (Double(seed) + Double.random(in: 0..<1, using: &random)) / Double(Self.seeds.count)
    }

    @Test(arguments: seeds) func aRunThatIsKilledIsFinishedByTheNext(seed: Int) throws {
        let shop = try Shop("killed", reading: try Oracle.data(.medium))
        defer { shop.remove() }
        let flags = ["--trigger", "20ms", "--threads", "\(1 + seed % 3)"]
        var random = SeededGenerator(seed: UInt64(seed) &+ 1000)
        let length = try Self.length.get()
        var seconds = moment(seed, of: length)
        while try !kill(shop, flags, after: seconds) {
            // It was faster than the one that was measured: once more, and earlier.
            try FileManager.default.removeItem(atPath: shop.lake)
            try FileManager.default.removeItem(atPath: shop.state)
            seconds *= 0.7
        }
        // What goes on from there is killed too, up to twice, if it is not done before.
        for _ in 0..<Int.random(in: 0..<3, using: &random) {
            _ = try kill(shop, flags, after: Double.random(in: 0..<length / 2, using: &random))
        }
        try shop.runOnce(flags)
        try Oracle.expectEqual(shop.lake, try AnswerTests.reference.get().lake, "seed \(seed)")
    }

    /// False when the run was done before it was killed.
    private func kill(_ shop: Shop, _ flags: [String], after seconds: Double) throws -> Bool {
        let run = try RunningProgram(shop.command(["--once", "--quiet"] + flags))
        usleep(UInt32(seconds * 1_000_000))
        run.signal(SIGKILL)
        return try run.wait().exitCode == nil
    }

    /// Files appear while it runs, each of them an epoch or two; the kill comes somewhere among them.
    @Test(arguments: seeds) func aContinuousRunThatIsKilledGoesOn(seed: Int) throws {
        let shop = try Shop("killed")
        defer { shop.remove() }
        let files = try Oracle.files(try Oracle.data(.medium))
        var random = SeededGenerator(seed: UInt64(seed) &+ 2000)
        let kills = Set((0..<2).map { _ in Int.random(in: 0..<files.count, using: &random) })
        var run = try RunningProgram(shop.command(["--quiet", "--trigger", "10ms"]))
        for (index, file) in files.enumerated() {
            try shop.deliver(file)
            usleep(UInt32.random(in: 0..<120_000, using: &random))
            guard kills.contains(index) else { continue }
            run.signal(SIGKILL)
            _ = try run.wait()
            run = try RunningProgram(shop.command(["--quiet", "--trigger", "10ms"]))
        }
        run.signal(SIGKILL)
        _ = try run.wait()
        try shop.runOnce()
        try Oracle.expectEqual(shop.lake, try AnswerTests.reference.get().lake, "seed \(seed)")
    }
}
