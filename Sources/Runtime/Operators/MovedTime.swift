/// How far time has come when some sources were idle: of sources, of queries that give rows other times, and
/// of streams that are written in several ways.
///
/// An idle source's time goes on with the clock. Where it meets others, in a join or a merged stream, it goes
/// at least as far as those that are not idle, so that it does not hold them up; where all are idle, all go
/// as far as the one that is furthest.
struct MovedTime {
    /// By scan.
    private(set) var sources: [SourceProgress]
    /// Of queries that give rows other times, by name.
    private(set) var queries: [String: SourceProgress] = [:]
    /// By the names that `FlowNode.clocks` has.
    private(set) var watermarks: [String: Int64] = [:]
    /// What has passed for the clocks that are idle as a whole.
    private var passed: [String: Int64] = [:]

    /// - Parameters:
    ///   - names: of the scans.
    ///   - progress: by scan.
    ///   - idle: by scan.
    init(_ nodes: [FlowNode], names: [String], progress: [SourceProgress], idle: [Int: IdleTime]) {
        sources = progress
        for (scan, name) in names.enumerated() {
            if let time = idle[scan] {
                sources[scan].pass(time.partitions)
                if time.isWhole { passed[name] = time.partitions.map(\.passed).min() ?? 0 }
            }
            watermarks[name] = sources[scan].watermark
        }
        for node in nodes {
            if let query = node.query, query.plan.retimesRows, let progress = query.progress {
                move(query.plan.name, progress, node.clocks, names, idle)
            }
            if let merge = node.merge {
                watermarks[merge.name] = max(merge.watermark, watermark(of: node.clocks))
                if let passed = passed(of: node.clocks) { self.passed[merge.name] = passed }
            }
        }
        for group in Self.groups(nodes) { catchUp(group) }
        for scan in sources.indices { sources[scan].reach(watermarks[names[scan]] ?? .min) }
        for name in queries.keys { queries[name]?.reach(watermarks[name] ?? .min) }
    }

    /// The least watermark of those that have begun; `Int64.min` where none has.
    func watermark(of clocks: Set<String>) -> Int64 {
        clocks.compactMap { watermarks[$0] }.filter { $0 > .min }.min() ?? .min
    }

    private mutating func move(
        _ name: String, _ progress: SourceProgress, _ clocks: Set<String>, _ names: [String],
        _ idle: [Int: IdleTime]
    ) {
        var moved = progress
        if let passed = passed(of: clocks) {
            moved.pass(progress.begun.map { IdleTime.Partition(number: $0, passed: passed) })
            self.passed[name] = passed
        } else if clocks.count == 1, let scan = names.firstIndex(where: clocks.contains) {
            moved.pass(idle[scan]?.partitions ?? [])
        }
        queries[name] = moved
        watermarks[name] = moved.watermark
    }

    /// nil unless all of them are idle.
    private func passed(of clocks: Set<String>) -> Int64? {
        let all = clocks.map { passed[$0] }
        return all.contains(nil) ? nil : all.compactMap { $0 }.min()
    }

    /// Clocks that meet somewhere, directly or through others.
    private static func groups(_ nodes: [FlowNode]) -> [Set<String>] {
        var groups: [Set<String>] = []
        for node in nodes where !node.sideClocks.isEmpty || node.merge != nil {
            let touching = groups.filter { !$0.isDisjoint(with: node.clocks) }
            groups.removeAll { !$0.isDisjoint(with: node.clocks) }
            groups.append(touching.reduce(node.clocks) { $0.union($1) })
        }
        return groups
    }

    private mutating func catchUp(_ group: Set<String>) {
        let idle = group.filter { passed[$0] != nil }
        guard !idle.isEmpty else { return }
        let others = watermark(of: group.subtracting(idle))
        let reached = others > .min ? others : idle.compactMap { watermarks[$0] }.max() ?? .min
        for name in idle { watermarks[name] = max(watermarks[name] ?? .min, reached) }
    }
}
