import Runtime
import Storage
import TestKit
import Testing

/// The same loss of power, with other threads, epochs and memory.
@Suite struct VariationTests {
    enum Variation: CaseIterable, CustomStringConvertible {
        case threeThreads, oneChunkPerEpoch, oneEpoch, spilledState

        var description: String {
            switch self {
            case .threeThreads: "three threads"
            case .oneChunkPerEpoch: "an epoch for each chunk"
            case .oneEpoch: "one epoch for each delivery"
            case .spilledState: "more state than memory, three threads"
            }
        }

        var scenario: Scenario {
            var scenario = Scenario()
            switch self {
            case .threeThreads: scenario.settings.threads = 3
            case .oneChunkPerEpoch:
                scenario.settings.epochBytes = 4000
                scenario.settings.chunkBytes = 4000
            case .oneEpoch: scenario.settings.epochBytes = 1 << 30
            case .spilledState:
                scenario.settings.threads = 3
                scenario.settings.epochBytes = 4_000_000
                scenario.settings.chunkBytes = 20_000
                // What is on disk leaves memory without a write: only an epoch larger than memory shows.
                scenario.settings.stateMemoryBytes = 1 << 16
                scenario.files = VariationTests.manyFiles
            }
            return scenario
        }
    }

    /// Some thousand events within a few minutes, so that none of them is forgotten.
    private static let manyFiles = ShopFiles.make(seed: 3, files: 6, linesPerFile: 2500, pace: 50)

    static let references: [Variation: Result<Scenario.Result, any Error>] = Dictionary(
        uniqueKeysWithValues: Variation.allCases.map { variation in
            (variation, Result { try variation.scenario.play(losses: []) })
        })

    @Test func answersDoNotDependOnThreadsAndEpochs() throws {
        let reference = try PowerLossTests.reference.get()
        for variation in [Variation.threeThreads, .oneChunkPerEpoch, .oneEpoch] {
            let found = try Self.references[variation]?.get()
            found?.expectEqual(to: reference, "\(variation)")
        }
    }

    @Test func stateThatDoesNotFitIsOnDiskAndGivesTheSameAnswer() throws {
        let spilled = try #require(try Self.references[.spilledState]?.get())
        var scenario = Variation.spilledState.scenario
        scenario.settings.stateMemoryBytes = 1 << 30
        scenario.settings.threads = 1
        let held = try scenario.play(losses: [])
        #expect(spilled.operations > held.operations + 50, "state was kept in memory")
        spilled.expectEqual(to: held, "\(Variation.spilledState)")
        spilled.expectBalance(lines: scenario.lineCount)
    }

    @Test(arguments: Variation.allCases, 1...(Effort.isFull ? 40 : 2))
    func aPowerLossLosesNothing(variation: Variation, seed: Int) throws {
        let reference = try #require(try Self.references[variation]?.get())
        var random = SeededGenerator(seed: UInt64(seed))
        let loss = Int.random(in: 1...reference.operations, using: &random)
        let losses = [loss, Int.random(in: 1...200, using: &random)]
        let result = try variation.scenario.play(losses: losses, seed: UInt64(seed))
        result.expectEqual(to: reference, "\(variation), operations \(losses), seed \(seed)")
    }
}
