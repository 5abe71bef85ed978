import Runtime
import Storage
import TestKit
import Testing

/// The power goes while rules keep rows aside and stop sinks, and while those are resumed: in the end each
/// row is where it would be without that, once.
@Suite struct RulesPowerLossTests {
    private static var scenario: Scenario {
        var scenario = Scenario()
        scenario.settings.rules = ShopPipeline.rules
        return scenario
    }

    static let reference = Swift.Result { try scenario.play(losses: []) }

    static let points: [Int] = {
        // A run may take a few operations less than the reference.
        guard let all = try? reference.get().operations else { return [0] }
        let operations = all * 97 / 100
        let count = Effort.isFull ? 300 : 10
        return (0..<count).map { 1 + $0 * operations / count + ($0 * 37) % max(1, operations / count) }
    }()

    @Test func theReferenceHasStoppedAndResumedSinks() throws {
        let reference = try Self.reference.get()
        #expect(reference.status.stoppedSinks.isEmpty)
        #expect(reference.lake.count("quality/quarantine") > 3)
        #expect(reference.status.quarantinedRows == Int64(reference.lake.count("quality/quarantine")))
        let alerts = String(
            decoding: try reference.disk.read(Machine.lakeDirectory + "/quality/alerts.jsonl"), as: UTF8.self)
        #expect(alerts.contains("stop silver_lake"))
        // What a sink has got late is what it would have got: nothing is kept back that the rules let pass.
        var plain = Self.scenario
        plain.settings.rules = ShopPipeline.rules.replacing(#", "stop""#, with: "")
        let other = try plain.play(losses: [])
        #expect(reference.lake.difference(from: other.lake) == nil)
    }

    @Test(arguments: points) func aPowerLossLosesNothingAndDoublesNothing(operation: Int) throws {
        let reference = try Self.reference.get()
        var random = SeededGenerator(seed: UInt64(operation))
        let again = Int.random(in: 0..<3, using: &random) > 0 ? [Int.random(in: 1...150, using: &random)] : []
        let result = try Self.scenario.play(losses: [operation] + again, seed: UInt64(operation))
        #expect(result.powerLosses > 0)
        result.expectEqual(to: reference, "operation \(operation), then \(again)")
        #expect(result.status.stoppedSinks.isEmpty)
        let alerts = String(
            decoding: try result.disk.read(Machine.lakeDirectory + "/quality/alerts.jsonl"), as: UTF8.self
        ).split(separator: "\n")
        #expect(Set(alerts).count == alerts.count, "an alert is written once")
    }
}
