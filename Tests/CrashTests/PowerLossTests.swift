import Runtime
import Storage
import TestKit
import Testing

/// The power goes at an operation on the disk, and again while the pipeline recovers: the lake is the same in
/// the end.
@Suite struct PowerLossTests {
    static let reference = Swift.Result { try Scenario().play(losses: []) }

    /// Numbers of operations at which the power goes, spread over the run; each case has its own seed.
    ///
    /// A run may take a few operations less than the reference, whose last ones are therefore left out.
    static let points: [Int] = {
        guard let all = try? reference.get().operations else { return [0] }
        let operations = all * 97 / 100
        if Effort.isFull { return Array(stride(from: 1, through: operations, by: max(1, operations / 400))) }
        return (0..<12).map { 1 + $0 * operations / 12 + ($0 * 37) % max(1, operations / 12) }
    }()

    @Test func theReferenceHoldsWhatTheOtherRunsAreHeldAgainst() throws {
        let reference = try Self.reference.get()
        for table in ShopPipeline.tables { #expect(reference.lake.count(table) > 0, "\(table) is empty") }
        #expect(reference.status.committedEpochs >= 8)
        #expect(reference.operations > 400)
        let silver = try #require(reference.status.relations.first { $0.name == "SILVER_EVENTS" })
        #expect(silver.late > 5 && silver.duplicates > 10, "\(silver)")
        reference.expectBalance(lines: Scenario().lineCount)
    }

    @Test(arguments: points) func aPowerLossLosesNothingAndDoublesNothing(operation: Int) throws {
        let reference = try Self.reference.get()
        var random = SeededGenerator(seed: UInt64(operation))
        // Two of three cases lose the power again while they recover or go on.
        let again = Int.random(in: 0..<3, using: &random) > 0 ? [Int.random(in: 1...150, using: &random)] : []
        let result = try Scenario().play(losses: [operation] + again, seed: UInt64(operation))
        #expect(result.powerLosses > 0)
        result.expectEqual(to: reference, "operation \(operation), then \(again)")
        result.expectBalance(lines: Scenario().lineCount)
    }
}
