import Testing

extension Scenario.Result {
    /// Nothing lost, nothing twice, and one clock for each epoch.
    func expectEqual(to reference: Scenario.Result, _ what: String) {
        #expect(lake.difference(from: reference.lake) == nil, "\(what)")
        #expect(status.totals == reference.status.totals, "\(what)")
        #expect(lake.clockConflict == nil, "\(what)")
    }

    /// Every line is in bronze, and is a row of silver, a repeat, late, or a dead letter.
    func expectBalance(lines: Int) {
        let silver = status.relations.first { $0.name == "SILVER_EVENTS" }
        let dropped = Int(silver?.late ?? 0) + Int(silver?.duplicates ?? 0)
        #expect(lake.count("bronze/events") == lines)
        #expect(lake.count("silver/events") + dropped + lake.count("bronze/dead_letters") == lines)
    }
}
