import Planning

extension Flow {
    /// All totals, by a name that stays the same while the plan does.
    var allCounters: [(String, Counters)] {
        var all: [(String, Counters)] = scans.map { ("source/\($0.relation.name)", $0.counters) }
        for (name, output) in outputs.sorted(by: { $0.key < $1.key }) {
            all.append(("relation/\(name)", output.counters))
        }
        for query in queries {
            let name = query.plan.name
            if let deduplication = query.deduplication {
                all.append(("seen/\(name)", deduplication.counters))
            }
            if let aggregation = query.aggregation { all.append(("groups/\(name)", aggregation.counters)) }
        }
        for join in joins { all.append(("join/\(join.plan.output.name)", join.counters)) }
        return all
    }

    /// What a sink keeps with its commits: totals of the relation that it takes.
    func notes(for relation: String) -> [String: Int64] {
        var notes: [String: Int64] = ["rows": outputs[relation]?.counters[.rows] ?? 0]
        for query in queries where query.plan.output.name == relation {
            let own = Set(query.plan.joins.map(\.output.name))
            let joined = joins.filter { own.contains($0.plan.output.name) }.map(\.counters)
            let counted = [query.deduplication?.counters, query.aggregation?.counters].compactMap { $0 }
            for counters in counted + joined {
                notes["late", default: 0] += counters[.late]
                notes["duplicates", default: 0] += counters[.duplicates]
            }
        }
        return notes
    }

    /// The end of windows before which the relation's rows can't change any more; nil without windows or
    /// watermark.
    func settledBefore(_ relation: String) -> Int64? {
        guard let query = queries.first(where: { $0.plan.output.name == relation }),
            case .aggregation(let aggregation) = query.plan.shape, let window = aggregation.window,
            let watermark = watermark(of: query)
        else { return nil }
        // A session's end is its last event; others may join it for as long as the gap.
        if case .session(let gap) = window.kind { return watermark - window.grace - gap }
        return watermark - window.grace
    }

    /// Fills in the counts of sources and relations.
    func describe(into status: inout PipelineStatus, lags: [Int], sinks: [String: [any Sink]]) {
        status.sources = scans.enumerated().map { index, scan in
            let watermark = progress[index].watermark
            return PipelineStatus.SourceCount(
                name: scan.relation.name, records: scan.counters[.rows], bytes: scan.counters[.bytes],
                deadLetters: scan.counters[.deadLetters], lagBytes: index < lags.count ? lags[index] : 0,
                watermark: watermark == .min ? nil : watermark,
                deadLetterReasons: scan.counters.deadLetterReasons)
        }
        status.relations = queries.filter { $0.plan.insertion == nil }.map { query in
            let relation = query.plan.output
            let notes = notes(for: relation.name)
            return PipelineStatus.RelationCount(
                name: relation.name, isTable: relation.kind == .table, rows: notes["rows"] ?? 0,
                late: notes["late"] ?? 0, duplicates: notes["duplicates"] ?? 0,
                sinks: (sinks[relation.name] ?? []).map(\.name))
        }
    }
}
