import Diagnostics
import State
import Storage

// The end of an epoch: what it changed is put together at once and committed by other threads.
extension PipelineTask {
    /// Ends the open epoch and has it committed; the next one may begin at once.
    func commit() throws(Diagnostic) {
        // One commit at a time: what an epoch leaves behind is what the next one builds on.
        try settle()
        guard let open = epoch, let flow, let checkpoint else { return }
        let endedAt = environment.monotonic()
        try stateful { () throws(StateError) in try flow.endEpoch() }
        let writeAlerts = try judgeRules(open, flow)
        var sinkEpochs: [String: any SinkEpoch] = [:]
        for sink in allSinks { sinkEpochs[sink.name] = sink.end() }
        checkpoint.attachments = [Self.attachment: currentCheckpoint(flow, sinkEpochs).bytes]
        checkpoint.attachments[Self.rulesAttachment] = ruleBook?.bytes
        checkpoint.attachments[Self.viewsAttachment] = viewBytes
        checkpoint.attachments[Self.stopsAttachment] = sinkStops.isEmpty ? nil : sinkStops.bytes
        var makeStateDurable: (@Sendable () throws(StateError) -> Void)?
        try persistingState { () throws(StateError) in
            makeStateDurable = try checkpoint.end(epoch: Int(open.number), spread: workers.forEach)
        }
        guard let makeStateDurable else { return }
        let commits = sinkCommits(flow)
        let commit = EpochCommit(
            number: open.number, log: open.log,
            sinks: allSinks.compactMap { sink in
                sinkEpochs[sink.name].map { ($0, commits[sink.name] ?? SinkCommit()) }
            },
            writeDeadLetters: deadLetters.values.map { $0.finish(epoch: open.number) },
            makeStateDurable: makeStateDurable, writeAlerts: writeAlerts, startedAt: open.startedAt,
            endedAt: endedAt)
        ended = open.number
        epoch = nil
        pending = commit
        committers.enqueue(bytes: 0, group: commitJobs) { [self] in
            do throws(Diagnostic) {
                try run(commit)
                commit.finish(.success(()))
            } catch {
                commit.finish(.failure(error))
            }
            for (_, source) in sources { source.wake() }
            onCommit?()
        }
    }

    /// The steps of a commit, by a thread of the committers.
    private func run(_ commit: EpochCommit) throws(Diagnostic) {
        let sinks = commit.sinks
        // All of this is durable before any sink commits. The state may be sooner than the log: it counts
        // only once the epoch is done.
        let failure = FirstFailure<Diagnostic>()
        committers.forEach(3) { lane in
            do throws(Diagnostic) {
                switch lane {
                case 0: try sealAndPrepare(commit)
                case 1:
                    try deliveringAll(sinks.count) { index throws(SinkError) in
                        try sinks[index].sink.sendRest()
                    }
                default: try persistingState(commit.makeStateDurable)
                }
            } catch {
                failure.note(error)
            }
        }
        try failure.rethrow()
        try deliveringAll(sinks.count) { index throws(SinkError) in
            try sinks[index].sink.commit(sinks[index].commit)
        }
        if let write = commit.writeAlerts { try persisting("the alerts", write) }
        try persisting("the write-ahead log") { () throws(StorageError) in try commit.log.finish() }
    }

    private func sealAndPrepare(_ commit: EpochCommit) throws(Diagnostic) {
        try persisting("the write-ahead log") { () throws(StorageError) in try commit.log.seal() }
        let sinks = commit.sinks
        try deliveringAll(sinks.count) { index throws(SinkError) in try sinks[index].sink.prepare() }
        for write in commit.writeDeadLetters { try patientlyDelivering(write) }
    }

    /// Waits for the commit that is under way, if there is one, and takes up its outcome.
    ///
    /// - Parameter mergesState: not where nobody would take up what was merged.
    func settle(mergesState: Bool = true) throws(Diagnostic) {
        guard let commit = pending else { return }
        try commit.wait()
        pending = nil
        try stateful { () throws(StateError) in try self.checkpoint?.discard(before: Int(commit.number)) }
        if mergesState { mergeState() }
        // What is left behind by a crash here is removed with the next epoch's.
        if commit.number > 1 { try? log.remove(commit.number - 1) }
        for (_, source) in sources { try source.acknowledge() }
        try forgetWithheldRows(upTo: commit.number)
        let now = environment.monotonic()
        board.update { status in
            status.committedEpochs = commit.number
            status.lastEpochMilliseconds = now - commit.startedAt
            status.lastCommitMilliseconds = now - commit.endedAt
        }
        maintainSinks()
    }

    /// What each sink is told at its commit, by the sink's name.
    private func sinkCommits(_ flow: Flow) -> [String: SinkCommit] {
        var commits: [String: SinkCommit] = [:]
        for (relation, targets) in sinks {
            var notes = flow.notes(for: relation)
            if relation == plan.quality?.results.name { notes.merge(sinkNotes(flow)) { $1 } }
            let commit = SinkCommit(notes: notes, settledBefore: flow.settledBefore(relation))
            for sink in targets { commits[sink.name] = commit }
        }
        return commits
    }

    /// Joins files of the state while the next epoch runs.
    private func mergeState() {
        guard let merge = checkpoint?.pendingMerge() else { return }
        workers.enqueue(bytes: 0, group: mergeJobs) {
            // A merge that fails leaves the files as they are; it is due again after the next epoch.
            do throws(StateError) { try merge() } catch {}
        }
    }

    /// Lets sinks do what they have put off, unless they are at it.
    func maintainSinks() {
        maintainedAt = environment.monotonic()
        guard isMaintaining.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged
        else { return }
        committers.enqueue(bytes: 0, group: commitJobs) { [self] in
            for sink in allSinks {
                do throws(SinkError) {
                    try sink.maintain()
                } catch {
                    // The tables are right without it, and it is tried again after the next epoch.
                    board.report(error.diagnostic)
                }
            }
            isMaintaining.store(false, ordering: .relaxed)
        }
    }

    func currentCheckpoint(_ flow: Flow, _ sinkEpochs: [String: any SinkEpoch]) -> TaskCheckpoint {
        var current = TaskCheckpoint()
        for (relation, source) in sources { current.positions[relation] = source.position() }
        current.progress = flow.allProgress
        for (name, counters) in flow.allCounters { current.counters[name] = counters.snapshot }
        for (name, epoch) in sinkEpochs { current.sinkEpochs[name] = epoch.lastEpochWithRows }
        current.signatures = plan.stateSignatures
        return current
    }
}
