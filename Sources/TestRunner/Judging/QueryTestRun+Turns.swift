import Connectors
import Diagnostics
import Planning

/// Query after query, each over all records of its topics: how the format of these tests has it. So what
/// several queries write into one topic stands there query by query.
extension QueryTestRun {
    /// Answers of a server come of all queries at work together, unless several write one topic, or the test
    /// itself puts records into one that a query writes and another reads.
    func feedsQueriesInTurn(_ plan: PipelinePlan) -> Bool {
        var writers: [String: Int] = [:]
        for topic in plan.queries.compactMap({ $0.output.topic?.name }) { writers[topic, default: 0] += 1 }
        let isShared = writers.values.contains { $0 > 1 }
        let read = Set(plan.queries.flatMap { $0.sources.compactMap { $0.topic?.name } })
        let isFilled = fedTopics.contains { writers[$0] != nil && read.contains($0) }
        guard isShared || isFilled || test.responses.isEmpty && plan.queries.count > 1 else { return false }
        return plan.queries.allSatisfy { query in
            query.output.topic != nil && query.sources.allSatisfy { $0.topic != nil }
        }
    }

    /// Topics into which the test or its INSERT INTO … VALUES put records.
    private var fedTopics: Set<String> {
        Set(test.inputs.map(\.topic)).union(inserted.compactMap { $0.row.relation.topic?.name })
    }

    mutating func feedInTurn(_ plan: PipelinePlan) throws(Refusal) {
        // In order: what queries have written, with the topic.
        var log: [(topic: String, message: MemoryRecord)] = []
        let fed = fedTopics
        for unit in plan.units {
            guard let output = unit.outputs.first, let codec = codec(output) else { continue }
            let pipeline = MemoryPipeline(activity: activity)
            try addInputs(of: unit.inputs, to: pipeline)
            for (topic, message) in log where !test.responses.isEmpty || !fed.contains(topic) {
                for input in unit.inputs where input.topic?.name == topic {
                    pipeline.add(message, to: input.name)
                }
            }
            do throws(Diagnostic) {
                try pipeline.run(unit.plan, restartAfter: restartAfter)
            } catch {
                throw Refusal(.execution, error)
            }
            let records = pipeline.output(of: output.name)
            written[output.name, default: []] += records
            for record in records { log.append((codec.topic.name, codec.message(record))) }
        }
    }
}
