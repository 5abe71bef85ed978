/// Verdicts of all query tests.
struct ConformanceOutcome {
    private(set) var passed: [String] = []
    private var failed: [(id: String, reason: String)] = []
    private var outOfScope: [String: [String]] = [:]
    /// Passed and in scope, by feature.
    private var features: [String: (passed: Int, count: Int)] = [:]

    mutating func add(_ test: QueryTest, _ verdict: QueryTestRun.Verdict) {
        switch verdict {
        case .passed: passed.append(test.id)
        case .failed(let reason): failed.append((test.id, reason))
        case .outOfScope(let reason): return outOfScope[reason, default: []].append(test.id)
        }
        for feature in QueryTestScope.features(test) {
            features[feature, default: (0, 0)].count += 1
            if verdict == .passed { features[feature, default: (0, 0)].passed += 1 }
        }
    }

    var failures: [String] { failed.map(\.id) }

    var summary: String {
        let left = outOfScope.values.reduce(0) { $0 + $1.count }
        let all = passed.count + failed.count + left
        let parts = features.sorted { $0.key < $1.key }.map { "\($0) \($1.passed)/\($1.count)" }
        return "ksql query tests: \(all) runs, \(passed.count) passed, \(failed.count) failed, "
            + "\(left) not in this version; " + parts.joined(separator: ", ")
    }

    var report: String {
        var lines = failed.map { "FAILED \($0.id): \($0.reason)" }
        for (reason, ids) in outOfScope.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
            lines.append("NOT IN THIS VERSION (\(ids.count)): \(reason)")
        }
        return (lines + passed.map { "PASSED \($0)" }).joined(separator: "\n") + "\n"
    }

    func reason(_ id: String) -> String {
        if let found = failed.first(where: { $0.id == id }) { return found.reason }
        return outOfScope.first { $0.value.contains(id) }.map { "not in this version: \($0.key)" } ?? "gone"
    }
}
