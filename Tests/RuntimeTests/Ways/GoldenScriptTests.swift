import TestKit
import Testing

@Suite struct GoldenScriptTests {
    /// Whole, in one-row chunks, with a restart at each barrier and with three threads: the same answers.
    @Test(arguments: try GoldenScript.all.map(\.name))
    func givesItsAnswerFourWays(_ name: String) throws {
        let script = try #require(try GoldenScript.all.first { $0.name == name })
        let run = try script.run()
        let records = run.order.isEmpty ? run.inputs.values.map(\.count).max() ?? 0 : run.order.count
        for way in Way.four(records: records) {
            for difference in try script.differences(try run.run(way)) {
                Issue.record("\(name), \(way): \(difference)")
            }
        }
    }

    @Test(arguments: try GoldenScript.all.map(\.name))
    func givesItsAnswerInAnyWay(_ name: String) throws {
        let script = try #require(try GoldenScript.all.first { $0.name == name })
        let run = try script.run()
        let records = run.order.isEmpty ? run.inputs.values.map(\.count).max() ?? 0 : run.order.count
        for seed in 1...UInt64(Effort.isFull ? 40 : 6) {
            var random = SeededGenerator(seed: seed)
            let way = Way.random(records: records, using: &random)
            for difference in try script.differences(try run.run(way)) {
                Issue.record("\(name), seed \(seed), \(way.details): \(difference)")
            }
        }
    }
}
