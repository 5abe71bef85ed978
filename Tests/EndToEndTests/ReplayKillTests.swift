import Foundation
import Synchronization
import TestKit
import Testing

/// `kill -9` at any moment of a replay: readers see each table before or after it, and whoever comes next
/// leaves it the one or the other.
///
/// 3 kills, and 40 with MILLRACE_FULL=1.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct ReplayKillTests {
    private static let files = 6
    private static let epochBytes = 3_000_000

    /// How far a replay has come, seen from outside.
    enum Step: CaseIterable, CustomStringConvertible {
        /// Something is being made beside the tables.
        case begun
        /// The rebuilt state is whole.
        case concluded
        /// From here on the swap is finished.
        case journalled
        /// A table has its rebuilt rows.
        case firstSwapped
        case someSwapped
        case lastSwapped
        /// The state has taken its place, or a part of it.
        case stateSwapped
        /// The journal is gone.
        case done

        var description: String {
            switch self {
            case .begun: "begun"
            case .concluded: "state concluded"
            case .journalled: "journal written"
            case .firstSwapped: "first table swapped"
            case .someSwapped: "some tables swapped"
            case .lastSwapped: "last table swapped"
            case .stateSwapped: "state swapped"
            case .done: "done"
            }
        }

        private static let tables = [
            "bronze/dead_letters", "silver/events", "gold/anomalies", "gold/revenue", "gold/conversion",
            "gold/sales_metrics", "gold/user_engagement", "gold/traffic_analysis",
        ]

        func isReached(in shop: Shop, versions: [String: Int]) -> Bool {
            func exists(_ path: String) -> Bool { access(shop.state + path, F_OK) == 0 }
            let swapped = Self.tables.count { shop.versions(of: $0) > versions[$0] ?? 0 }
            switch self {
            case .begun: return exists("/replay/task/instance")
            case .concluded: return exists("/replay/journal.tmp") || exists("/replay/journal") || swapped > 0
            case .journalled: return exists("/replay/journal") || swapped > 0
            case .firstSwapped: return swapped >= 1
            case .someSwapped: return swapped >= 4
            case .lastSwapped: return swapped == Self.tables.count
            case .stateSwapped: return exists("/replay/former/log")
            case .done: return exists("/replayed")
            }
        }

        static func versions(of shop: Shop) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: tables.map { ($0, shop.versions(of: $0)) })
        }
    }

    /// What to be killed at: a step, or a part of the time that a replay takes.
    enum Moment: CustomStringConvertible {
        case step(Step)
        case part(Double)

        var description: String {
            switch self {
            case .step(let step): step.description
            case .part(let part): "at \(Int(part * 100)) % of the time"
            }
        }
    }

    static let moments: [Moment] =
        Place.isFull
        ? (0..<3).flatMap { _ in Step.allCases.map(Moment.step) } + (0..<16).map { .part(Double($0) / 16) }
        : [.part(0.4), .step(.journalled), .step(.someSwapped)]

    /// The lakes before and after, made once.
    private struct Sides {
        let shop: Shop
        /// Of the changed rules over the same files.
        let later: Shop
        let seconds: Double
    }

    private static let sides: Result<Sides, any Error> = Result {
        let shop = try Shop("before", epochBytes: epochBytes)
        for file in try Oracle.files(try Oracle.data(.medium)).prefix(files) { try shop.deliver(file) }
        try shop.runOnce(try shop.script("former", []))
        let later = try Shop("after", reading: shop.raw)
        try later.runOnce(try later.script("new", Shop.otherRules))
        let copy = try shop.copy("length")
        defer { copy.remove() }
        let begun = Date()
        try copy.replay(try copy.script("new", Shop.otherRules))
        return Sides(shop: shop, later: later, seconds: Date().timeIntervalSince(begun))
    }

    private static let tally = Mutex<[String: Int]>([:])

    @Test(arguments: Array(moments.enumerated().map { ($0, $1.description) }))
    func aReplayThatIsKilledIsFinishedOrHasChangedNothing(seed: Int, what: String) throws {
        let sides = try Self.sides.get()
        let shop = try sides.shop.copy("killed")
        defer { shop.remove() }
        let new = try shop.script("new", Shop.otherRules)
        let ended = shop.folder + "/ended"
        let watcher = try RunningProgram([
            Place.python, Place.package + "/Tests/Oracle/watch_tables.py", shop.lake, sides.shop.lake,
            sides.later.lake, "--until", ended,
        ])
        try waitUntil("the reader reads") { watcher.output.contains("watching") }

        let words = shop.command("replay", new, ["--from", "bronze", "--threads", "\(1 + seed % 3)"])
        try kill(words, in: shop, Self.moments[seed], sides.seconds)
        var random = SeededGenerator(seed: UInt64(seed))
        if seed % 3 == 1 {
            // What finishes or begins again is killed too.
            let next = try RunningProgram(seed % 2 == 0 ? words : shop.command("run", new, ["--once"]))
            usleep(UInt32(Double.random(in: 0..<sides.seconds, using: &random) * 1_000_000))
            next.signal(SIGKILL)
            _ = try next.wait()
        }
        // Either the pipeline or a replay comes next; the pipeline may be refused where nothing was swapped.
        if seed % 2 == 0 {
            let next = try RunningProgram(shop.command("run", new, ["--once", "--quiet"])).wait()
            let swapped = FileManager.default.fileExists(atPath: shop.state + "/replayed")
            #expect(next.exitCode == 0 || !swapped, "\(what): \(next.errors)")
            try Oracle.expectEqual(shop.lake, (swapped ? sides.later : sides.shop).lake, what)
        }
        try shop.replay(new)
        try Data().write(to: URL(fileURLWithPath: ended))
        let watched = try watcher.wait()
        #expect(watched.exitCode == 0, "\(what): \(watched.output)\(watched.errors)")
        #expect(shop.leftovers == [])

        for file in try Oracle.files(try Oracle.data(.medium)).dropFirst(Self.files) {
            try shop.deliver(file)
        }
        try shop.runOnce(new)
        try Oracle.expectEqual(shop.lake, try ReplayTests.reference.get().lake, what)
        guard Place.isFull else { return }
        print("kills of a replay: \(Self.tally.withLock { $0 }.sorted { $0.key < $1.key })")
    }

    /// Starts a replay and kills it at the moment; a busy machine may be a step further.
    private func kill(_ words: [String], in shop: Shop, _ moment: Moment, _ seconds: Double) throws {
        let versions = Step.versions(of: shop)
        let run = try RunningProgram(words)
        switch moment {
        case .step(let step):
            try waitUntil(step.description, pause: 100) { step.isReached(in: shop, versions: versions) }
        case .part(let part): usleep(UInt32(part * seconds * 1_000_000))
        }
        run.signal(SIGKILL)
        _ = try run.wait()
        let last = Step.allCases.last { $0.isReached(in: shop, versions: versions) }
        Self.tally.withLock { $0[last?.description ?? "before it began", default: 0] += 1 }
    }
}
