import State

// Time that goes on without records.
extension Flow {
    func moved(by idle: [Int: IdleTime]) -> MovedTime {
        MovedTime(nodes, names: scans.map(\.relation.name), progress: progress, idle: idle)
    }

    /// Lets the time of idle sources go on, and closes what that closes.
    ///
    /// - Parameter idle: by scan.
    func pass(_ idle: [Int: IdleTime], clock: Int64) throws(StateError) {
        try begin(clock)
        let moved = moved(by: idle)
        progress = moved.sources
        for node in nodes {
            if let query = node.query, let progress = moved.queries[query.plan.name] {
                query.restore(progress)
            }
            node.merge?.reach(moved.watermarks[node.merge?.name ?? ""] ?? .min)
            guard let join = node.join, !node.sideClocks.isEmpty else { continue }
            join.reach(
                node.sideClocks.map { moved.watermark(of: $0) }, watermark: moved.watermark(of: node.clocks))
        }
        for source in idle.keys.sorted() { try closeRound(of: source) }
    }

    /// How much longer sources would have to be idle until somebody gives rows because of that, milliseconds;
    /// nil where nobody waits for time to go on.
    func untilClosing(_ idle: [Int: IdleTime]) -> Int64? {
        let moved = moved(by: idle)
        var least: Int64?
        func note(_ closing: Int64?, _ clocks: Set<String>) {
            let watermark = moved.watermark(of: clocks)
            guard let closing, watermark > .min else { return }
            least = min(least ?? .max, closing <= watermark ? 0 : closing &- watermark)
        }
        for table in tables { note(table.nextClosing, [table.outputs.relation.name]) }
        for node in nodes {
            note(node.query?.aggregation?.nextClosing, node.clocks)
            guard let join = node.join, node.sideClocks.count == JoinSide.allCases.count else { continue }
            for side in JoinSide.allCases {
                note(
                    join.nextClosing(side),
                    join.closesByBothSides ? node.clocks : node.sideClocks[side.other.rawValue])
            }
        }
        return least
    }

    func forgetHeard(of scan: Int) { progress[scan].forgetHeard() }
}
