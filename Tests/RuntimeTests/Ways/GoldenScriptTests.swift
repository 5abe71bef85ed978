import TestKit
import Testing

@Suite struct GoldenScriptTests {
    /// Whole, in one-row chunks, with a restart at each barrier and with three threads: the same answers.
    @Test(arguments: try GoldenScript.all.map(\.name))
    func givesItsAnswerFourWays(_ name: String) throws {
        let script = try #require(try GoldenScript.all.first { $0.name == name })
        let run = PipelineRun(statements: script.text, inputs: try script.inputs())
        let records = run.inputs.values.map(\.count).max() ?? 0
        for way in Way.four(records: records) {
            for difference in try script.differences(try run.run(way)) {
                Issue.record("\(name), \(way): \(difference)")
            }
        }
    }

    @Test(arguments: try GoldenScript.all.map(\.name))
    func givesItsAnswerInAnyWay(_ name: String) throws {
        let script = try #require(try GoldenScript.all.first { $0.name == name })
        let run = PipelineRun(statements: script.text, inputs: try script.inputs())
        let records = run.inputs.values.map(\.count).max() ?? 0
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let way = Way.random(records: records, using: &random)
            for difference in try script.differences(try run.run(way)) {
                Issue.record("\(name), seed \(seed), \(way.details): \(difference)")
            }
        }
    }
}
