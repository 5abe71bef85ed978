import Foundation
import Synchronization
import TestKit
import Testing

/// `kill -9` at any moment, and a start after it: the lake is the same as if nothing had happened.
///
/// The input is taken in about ten epochs of a few files' parts each. About 15 kills, and more than 200 with
/// MILLRACE_FULL=1.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct KillTests {
    private static let epochBytes = 3_000_000
    /// Epochs that the input makes at the least.
    private static let epochs = 9

    static let momentSeeds = Array(0..<(Place.isFull ? 60 : 2))
    static let stepSeeds = Array(0..<(Place.isFull ? 8 : 1))
    static let steps: [CommitStep] =
        Place.isFull ? CommitStep.allCases : [.sealed, .stateWritten, .someCommitted, .done]
    static let continuousSeeds = Array(0..<(Place.isFull ? 40 : 1))

    /// Seconds of a run over all input, from start to end, on this machine at this time.
    static let length: Result<Double, any Error> = Result {
        _ = try AnswerTests.reference.get()
        let shop = try Shop("length", reading: try Oracle.data(.medium), epochBytes: epochBytes)
        defer { shop.remove() }
        return try shop.runOnce().seconds
    }

    /// Kills so far, by what they interrupted.
    private static let tally = Mutex<[String: Int]>([:])

    private static func count(_ shop: Shop) {
        let steps = (1...40).reversed().compactMap { epoch in
            CommitStep.of(epoch, in: shop).map { (epoch, $0) }
        }
        let open = steps.prefix(2).filter { $0.1 != .done }.map(\.1.description)
        let what = open.isEmpty ? "between epochs" : open.reversed().joined(separator: ", the next one ")
        tally.withLock { $0[what, default: 0] += 1 }
    }

    /// The moment of a kill: spread evenly over the run, and within its part by the seed.
    private func moment(_ seed: Int, of length: Double) -> Double {
        var random = SeededGenerator(seed: UInt64(seed))
        let place = Double(seed) + Double.random(in: 0..<1, using: &random)
        return length * place / Double(Self.momentSeeds.count)
    }

    @Test(arguments: momentSeeds) func aRunThatIsKilledIsFinishedByTheNext(seed: Int) throws {
        let shop = try Shop("killed", reading: try Oracle.data(.medium), epochBytes: Self.epochBytes)
        defer { shop.remove() }
        let flags = ["--threads", "\(1 + seed % 3)"]
        var random = SeededGenerator(seed: UInt64(seed) &+ 1000)
        let length = try Self.length.get()
        var seconds = moment(seed, of: length)
        while try !kill(shop, flags, after: seconds) {
            // It was faster than the one that was measured: once more, and earlier.
            try shop.startOver()
            seconds *= 0.7
        }
        // What goes on from there is killed too, up to twice, if it is not done before.
        for _ in 0..<Int.random(in: 0..<3, using: &random) {
            _ = try kill(shop, flags, after: Double.random(in: 0..<length / 2, using: &random))
        }
        try finish(shop, flags, "seed \(seed)", checksVersions: seed % 20 == 0)
    }

    /// False when the run was done before it was killed.
    private func kill(_ shop: Shop, _ flags: [String], after seconds: Double) throws -> Bool {
        let run = try RunningProgram(shop.command(["--once", "--quiet"] + flags))
        usleep(UInt32(seconds * 1_000_000))
        run.signal(SIGKILL)
        guard try run.wait().exitCode == nil else { return false }
        Self.count(shop)
        return true
    }

    /// The kill comes as soon as the step is seen; every other run is killed again while it recovers.
    @Test(arguments: steps, stepSeeds)
    func aRunThatIsKilledAtAStepOfTheCommitIsFinishedByTheNext(step: CommitStep, seed: Int) throws {
        let shop = try Shop("step", reading: try Oracle.data(.medium), epochBytes: Self.epochBytes)
        defer { shop.remove() }
        var random = SeededGenerator(seed: UInt64(seed * 100 + step.rawValue))
        let epoch = Int.random(in: 1..<Self.epochs, using: &random)
        // With one thread the epochs do not overlap.
        let flags = ["--threads", "\(1 + (seed + step.rawValue) % 3)"]
        var found: CommitStep?
        // A busy machine may be a step further before the kill arrives: that is one of the kills as well,
        // but not the one that is wanted.
        for _ in 0..<6 where found != step {
            try shop.startOver()
            let run = try RunningProgram(shop.command(["--once", "--quiet"] + flags))
            try waitUntil("epoch \(epoch) \(step)", pause: 100) { step.isReached(by: epoch, in: shop) }
            run.signal(SIGKILL)
            try #require(try run.wait().exitCode == nil, "it was done before it was killed")
            Self.count(shop)
            found = CommitStep.of(epoch, in: shop)
        }
        #expect(try #require(found) >= step)
        if seed % 2 == 1 {
            _ = try kill(shop, flags, after: Double.random(in: 0..<0.3, using: &random))
        }
        try finish(
            shop, flags, "epoch \(epoch), \(step) (\(found?.description ?? "-")), seed \(seed)",
            checksVersions: seed == 0 && (Place.isFull || step == .someCommitted))
    }

    /// Files appear while it runs, each of them an epoch or two; the kill comes somewhere among them.
    @Test(arguments: continuousSeeds) func aContinuousRunThatIsKilledGoesOn(seed: Int) throws {
        let shop = try Shop("killed")
        defer { shop.remove() }
        let files = try Oracle.files(try Oracle.data(.medium))
        var random = SeededGenerator(seed: UInt64(seed) &+ 2000)
        let kills = Set((0..<2).map { _ in Int.random(in: 0..<files.count, using: &random) })
        let flags = ["--quiet", "--trigger", "10ms"]
        var run = try RunningProgram(shop.command(flags))
        for (index, file) in files.enumerated() {
            try shop.deliver(file)
            usleep(UInt32.random(in: 0..<120_000, using: &random))
            guard kills.contains(index) else { continue }
            run.signal(SIGKILL)
            _ = try run.wait()
            Self.count(shop)
            run = try RunningProgram(shop.command(flags))
        }
        run.signal(SIGKILL)
        _ = try run.wait()
        try finish(shop, [], "seed \(seed)", checksVersions: seed % 20 == 0)
    }

    private func finish(_ shop: Shop, _ flags: [String], _ what: String, checksVersions: Bool) throws {
        try shop.runOnce(flags)
        try Oracle.expectEqual(shop.lake, try AnswerTests.reference.get().lake, what)
        if checksVersions { try Oracle.expectEveryVersionReadable(shop, what) }
        let tally = Self.tally.withLock { $0 }
        guard Place.isFull else { return }
        print("\(tally.values.reduce(0, +)) kills: \(tally.sorted { $0.key < $1.key })")
    }
}
