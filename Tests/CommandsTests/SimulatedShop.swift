import Diagnostics
import Foundation
import Simulation
import Synchronization
import Testing

@testable import Commands

/// A shop that was simulated without waiting for its time to pass, and the medallion pipeline over it.
struct SimulatedShop {
    let place: Workplace

    var raw: String { place.path + "/raw" }
    var lake: String { place.path + "/lake" }

    /// A clock that waits for nobody.
    private final class QuickClock: SimulationClock, Sendable {
        private let time = Mutex<Int64>(SimulatedShop.start)

        func now() -> Int64 { time.withLock { $0 } }

        func sleep(milliseconds: Int64) { time.withLock { $0 += milliseconds } }
    }

    /// 2026-03-02T10:00:00Z
    static let start: Int64 = 1_772_445_600_000

    /// Adds the events of some minutes.
    ///
    /// - Parameters:
    ///   - from: minutes from the shop's start.
    ///   - rate: events a second.
    ///   - faults: what else than a clean shop makes.
    func simulate(
        from: Int64, minutes: Int64, rate: Double, seed: UInt64, name: String,
        _ faults: (inout SimulationConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = SimulationConfiguration()
        configuration.startMilliseconds = Self.start + from * 60_000
        configuration.duration = .seconds(minutes * 60)
        configuration.rate = rate
        configuration.every = .seconds(60)...(.seconds(60))
        configuration.seed = seed
        faults(&configuration)
        let folder = place.path + "/made-\(name)"
        let output = try LocalDirectory(path: folder)
        var run = try SimulationRun(configuration: configuration, output: output, clock: QuickClock())
        _ = try run.run()
        try FileManager.default.createDirectory(atPath: raw, withIntermediateDirectories: true)
        // In the order of their time, whoever made them: files are listed by modification time.
        for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let path = raw + "/" + file.replacing(".json", with: "-\(name).json")
            try FileManager.default.moveItem(atPath: folder + "/" + file, toPath: path)
        }
    }

    /// Gives files the times that their names say, so that they are read in that order.
    private func dateFiles() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: raw).sorted()
        for (index, file) in files.enumerated() {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_772_445_600 + Double(index))],
                ofItemAtPath: raw + "/" + file)
        }
    }

    /// Runs the pipeline over all that is there, in epochs of at most `epochBytes`.
    ///
    /// - Parameter rules: nil for those that come with it.
    func run(epochBytes: Int, rules: String? = nil) throws -> CapturedConsole {
        try dateFiles()
        let settings = "SET 'epoch.max.bytes' = '\(epochBytes)';\nSET 'chunk.bytes' = '\(epochBytes / 8)';\n"
        try place.write(settings, to: "settings.sql")
        var words = [
            "run", place.path + "/settings.sql", Workplace.root + "/pipelines/medallion/medallion.sql",
            "-D", "raw=" + raw, "-D", "lake=" + lake, "--state", place.path + "/state", "--once", "--quiet",
        ]
        if let rules {
            try place.write(rules, to: "rules.json")
            words += ["--quality", place.path + "/rules.json"]
        }
        let captured = CapturedConsole()
        let code = captured.run(words, launcher: PipelineLauncher())
        #expect(code == .done, "\(captured.errors)")
        return captured
    }

    /// What `inspect quality` says of each rule, and of all.
    func rules() throws -> [String: [String: Any]] {
        let captured = CapturedConsole()
        _ = captured.run(["inspect", "quality", lake, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(captured.output.utf8)) as? [String: Any]
        let rules = object?["rules"] as? [[String: Any]] ?? []
        return Dictionary(rules.map { ($0["rule"] as? String ?? "", $0) }) { first, _ in first }
    }

    /// How many epochs a rule warned or failed in.
    static func broken(_ rule: [String: Any]?) -> Int {
        ((rule?["warned"] as? Int) ?? 0) + ((rule?["failed"] as? Int) ?? 0)
    }
}
