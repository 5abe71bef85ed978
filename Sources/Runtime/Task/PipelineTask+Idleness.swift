import Diagnostics
import State
import Storage

// Sources that have nothing to give for longer than their `idle_timeout`: their event time goes on with the
// clock. What an epoch makes of that stands in its log, so a re-run repeats it.
extension PipelineTask {
    func openSilences() {
        silences = [:]
        for index in sources.indices {
            guard let scan = scan(of: index), let timeout = flow?.scans[scan].properties.idleTimeout else {
                continue
            }
            silences[index] = Silence(timeout: timeout)
        }
    }

    private func scan(of index: Int) -> Int? {
        flow?.scans.firstIndex { $0.relation.name == sources[index].relation }
    }

    /// Notes what came of asking a source.
    func note(_ index: Int, hadRecords: Bool) {
        guard silences[index] != nil, let flow, let scan = scan(of: index) else { return }
        if hadRecords {
            silences[index]?.interrupt()
        } else if sources[index].source.trouble != nil {
            silences[index]?.restart()
        } else {
            silences[index]?.note(flow.progress[scan], clock: environment.clock())
            flow.forgetHeard(of: scan)
        }
    }

    private func idleTimes(_ clock: Int64) -> [IdleTime] {
        guard let flow else { return [] }
        return silences.keys.sorted().compactMap { index in
            scan(of: index).flatMap {
                silences[index]?.idleTime(of: index, flow.progress[$0], clock: clock)
            }
        }
    }

    /// At the start of an epoch: counts the time for which sources have been idle.
    func countIdleTime() throws(Diagnostic) {
        guard !silences.isEmpty, let epoch else { return }
        let idle = idleTimes(epoch.clock)
        guard !idle.isEmpty else { return }
        try persisting("the write-ahead log") { () throws(StorageError) in try epoch.log.append(idle) }
        for time in idle { silences[time.source]?.count(time, clock: epoch.clock) }
        try pass(idle)
    }

    /// Lets the time of idle sources go on as the epoch's log has it.
    func pass(_ idle: [IdleTime]) throws(Diagnostic) {
        guard let flow, let epoch, !idle.isEmpty else { return }
        var times: [Int: IdleTime] = [:]
        for time in idle where time.source < sources.count {
            if let scan = scan(of: time.source) { times[scan] = time }
        }
        try stateful { () throws(StateError) in try flow.pass(times, clock: epoch.clock) }
    }

    /// Milliseconds until an epoch without input is due because sources are idle; nil where that changes
    /// nothing.
    var untilIdlenessCounts: Int64? {
        guard !silences.isEmpty, let flow else { return nil }
        let clock = environment.clock()
        let idle = idleTimes(clock)
        var times: [Int: IdleTime] = [:]
        for time in idle { if let scan = scan(of: time.source) { times[scan] = time } }
        guard let closing = flow.untilClosing(times) else { return nil }
        if closing == 0, !idle.isEmpty { return 0 }
        let remaining = silences.values.compactMap { $0.remaining(clock) }.min()
        return max(1, min(closing == 0 ? .max : closing, remaining ?? .max))
    }
}
