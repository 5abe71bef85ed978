import Diagnostics
import State
import Storage

extension PipelineTask {
    // MARK: Commit

    /// Ends the open epoch: after this call it is done.
    func commit() throws(Diagnostic) {
        guard let open = epoch, let flow, let checkpoint else { return }
        let started = environment.monotonic()
        try persisting("the write-ahead log") { () throws(StorageError) in try open.log.seal() }
        try stateful { () throws(StateError) in try flow.endEpoch() }
        try deliveringAll { sink throws(SinkError) in try sink.prepare() }
        for letters in deadLetters.values {
            try persisting("the dead letters") { () throws(StorageError) in
                try letters.write(epoch: open.number)
            }
        }
        checkpoint.attachments = [Self.attachment: currentCheckpoint(flow).bytes]
        try persistingState { () throws(StateError) in try checkpoint.write(epoch: Int(open.number)) }
        let commits = sinkCommits(flow)
        try deliveringAll { sink throws(SinkError) in try sink.commit(commits[sink.name] ?? SinkCommit()) }
        try persisting("the write-ahead log") { () throws(StorageError) in try open.log.finish() }
        try finish(open, started)
    }

    private func finish(_ open: OpenEpoch, _ started: Double) throws(Diagnostic) {
        let previous = committed
        committed = open.number
        epoch = nil
        try stateful { () throws(StateError) in try self.checkpoint?.discard(before: Int(open.number)) }
        mergeState()
        // What is left behind by a crash here is removed with the next epoch's.
        if previous > 0 { try? log.remove(previous) }
        for (_, source) in sources { try source.acknowledge() }
        try deliveringAll { sink throws(SinkError) in try sink.maintain() }
        let now = environment.monotonic()
        board.update { status in
            status.committedEpochs = open.number
            status.lastEpochMilliseconds = now - open.startedAt
            status.lastCommitMilliseconds = now - started
        }
    }

    /// What each sink is told at its commit, by the sink's name.
    private func sinkCommits(_ flow: Flow) -> [String: SinkCommit] {
        var commits: [String: SinkCommit] = [:]
        for (relation, targets) in sinks {
            let commit = SinkCommit(
                notes: flow.notes(for: relation), settledBefore: flow.settledBefore(relation))
            for sink in targets { commits[sink.name] = commit }
        }
        return commits
    }

    private static let attachment = "task"

    /// Joins files of the state while the next epoch runs.
    private func mergeState() {
        guard let merge = checkpoint?.pendingMerge() else { return }
        workers.enqueue(bytes: 0) {
            // A merge that fails leaves the files as they are; it is due again after the next epoch.
            do throws(StateError) { try merge() } catch {}
        }
    }

    private func currentCheckpoint(_ flow: Flow) -> TaskCheckpoint {
        var current = TaskCheckpoint()
        for (relation, source) in sources { current.positions[relation] = source.position() }
        for (index, scan) in flow.scans.enumerated() {
            current.progress[scan.relation.name] = flow.progress[index]
        }
        for (name, counters) in flow.allCounters { current.counters[name] = counters.snapshot }
        for sink in allSinks { current.sinkEpochs[sink.name] = sink.lastEpochWithRows }
        current.signatures = plan.stateSignatures
        return current
    }

    // MARK: Recovery

    /// Takes up the state directory: whose it is, which epoch is done, and an epoch that a crash left open.
    func recover() throws(Diagnostic) {
        let directory = configuration.stateDirectory
        var openEpoch: EpochLog.Content?
        do throws(StorageError) {
            try environment.fileSystem.createDirectory(directory)
            try environment.fileSystem.createDirectory(log.directory)
            instance = try TaskInstance.load(from: directory, environment)
        } catch {
            throw Diagnostic(
                .state, "the state directory \(directory) can't be used: \(error.reason) (\(error.path))",
                hint: "check its permissions, or give another one with --state")
        }
        openEpoch = try findOpenEpoch()
        try build()
        try takeUp(try restoreState())
        if let openEpoch { try finishEpoch(openEpoch) }
    }

    /// The epoch that a crash left open, if it can have been seen by a sink or must be run again.
    private func findOpenEpoch() throws(Diagnostic) -> EpochLog.Content? {
        var epochs: [Int64] = []
        do throws(StorageError) { epochs = try log.epochs() } catch {
            throw Diagnostic(.state, "the write-ahead log can't be listed: \(error.reason) (\(error.path))")
        }
        guard let latest = epochs.last else { return nil }
        guard let content = try log.load(latest), !content.isDone else {
            committed = try isDone(latest) ? latest : latest - 1
            return nil
        }
        committed = latest - 1
        guard content.planFingerprint != plan.fingerprint else { return content }
        guard content.isSealed else { return nil }
        throw Diagnostic(
            .state, "epoch \(latest) was begun by another plan and some of its sinks may have it already",
            hint:
                "run the former pipeline once more to finish it (--once), then the new one; "
                + "or start over with another --state directory")
    }

    private func isDone(_ epoch: Int64) throws(Diagnostic) -> Bool { try log.load(epoch)?.isDone ?? false }

    /// Puts the operators together, with empty state.
    private func build() throws(Diagnostic) {
        let checkpoint = StateCheckpoint(
            directory: Path.join(configuration.stateDirectory, "state"), fileSystem: environment.fileSystem,
            memory: StateMemory(budgetBytes: configuration.stateMemoryBytes))
        self.checkpoint = checkpoint
        let builder = FlowBuilder(
            plan: plan, sinks: sinks, subscribers: subscribers, workers: workers, seed: instance.seed,
            // Marks of an epoch's rounds stay below the next epoch's first.
            firstMark: (committed + 1) << 24, makeStore: checkpoint.addStore)
        flow = builder.build()
    }

    /// Fills the stores with the state of the last epoch that is done.
    private func restoreState() throws(Diagnostic) -> TaskCheckpoint {
        guard let checkpoint else { return TaskCheckpoint() }
        let epoch = Int(committed)
        try stateful { () throws(StateError) in
            if epoch == 0 { try checkpoint.startEmpty() } else { _ = try checkpoint.load(epoch: epoch) }
        }
        if epoch == 0 { return TaskCheckpoint() }
        guard let restored = checkpoint.attachments[Self.attachment].flatMap({ TaskCheckpoint($0) }) else {
            throw Diagnostic(
                .incompatibleVersion,
                "the checkpoint of epoch \(epoch) in \(configuration.stateDirectory) is of another version",
                hint: "use the Millrace version that wrote it, or start over with another --state directory")
        }
        for (relation, signature) in plan.stateSignatures {
            guard let former = restored.signatures[relation], former != signature else { continue }
            throw Diagnostic(
                .state, "the state of \(relation) was made by another query and can't be kept",
                expected: former,
                hint: "put the former query back, or start over with another --state directory")
        }
        return restored
    }

    /// Goes on where the checkpoint left off.
    private func takeUp(_ restored: TaskCheckpoint) throws(Diagnostic) {
        guard let flow else { return }
        flow.restore(
            flow.scans.map { scan in
                let delay = scan.properties.watermarkDelay
                guard let saved = restored.progress[scan.relation.name] else {
                    return SourceProgress(delay: delay)
                }
                return SourceProgress(
                    delay: delay, maxima: saved.maxima, watermark: saved.watermark,
                    nextSequence: saved.nextSequence)
            })
        for (name, counters) in flow.allCounters { counters.restore(restored.counters[name] ?? []) }
        for scan in flow.scans where scan.properties.errorPolicy == .deadLetter {
            let standard = Path.join(configuration.stateDirectory, "dead-letters")
            deadLetters[scan.relation.name] = DeadLetterFiles(
                fileSystem: environment.fileSystem, directory: scan.properties.deadLetters ?? standard,
                sourceName: scan.relation.name)
        }
        try openSinks(restored)
        for (relation, source) in sources { try source.restore(restored.positions[relation]) }
    }

    private func openSinks(_ restored: TaskCheckpoint) throws(Diagnostic) {
        for sink in allSinks {
            let context = SinkContext(
                applicationID: "\(instance.id)/\(sink.name)", workers: workers, seed: instance.seed.low)
            let expected = restored.sinkEpochs[sink.name]
            let next = committed + 1
            try delivering(sink) { () throws(SinkError) in
                try sink.open(context, expectedEpoch: expected, openEpoch: next)
            }
        }
    }

    /// Runs an epoch's ranges again, under its clock, and commits it.
    private func finishEpoch(_ content: EpochLog.Content) throws(Diagnostic) {
        var writer: EpochLog.Writer?
        try persisting("the write-ahead log") { () throws(StorageError) in
            writer = try self.log.resume(content.epoch)
        }
        guard let writer else { return }
        try open(content, writer)
        for (index, range) in content.ranges {
            guard index < sources.count else { continue }
            try sources[index].source.replay(range)
            try process([range], of: index)
        }
        try commit()
    }
}
