import Diagnostics
import State
import Storage

extension PipelineTask {
    // MARK: Recovery

    /// Takes up the state directory: whose it is, which epoch is done, and an epoch that a crash left open.
    func recover() throws(Diagnostic) {
        let directory = configuration.stateDirectory
        do throws(StorageError) {
            try environment.fileSystem.createDirectory(directory)
            try environment.fileSystem.createDirectory(log.directory)
            instance = try TaskInstance.load(from: directory, environment)
        } catch {
            throw Diagnostic(
                .state, "the state directory \(directory) can't be used: \(error.reason) (\(error.path))",
                hint: "check its permissions, or give another one with --state")
        }
        let openEpochs = try findOpenEpochs()
        try wrapStoppableSinks()
        try build()
        let isNew = ended == 0
        let restored = try restoreState()
        try takeUp(restored)
        // What the checkpoint does not know begins now, also where others go on.
        let made = plan.catalogue.order.filter { isNew || restored.counters["relation/\($0)"] == nil }
        try openViews(isNew: isNew, newlyMade: Set(made))
        for epoch in openEpochs { try finishEpoch(epoch) }
        try resumeSinks()
        publishViews()
    }

    /// Commits an epoch without input where the checkpoint has state of queries that the plan lacks, so that
    /// none of it comes back with a query of the same name. Between `start` and the first step.
    public func forgetDroppedState() throws(Diagnostic) {
        guard hasDroppedState else { return }
        try begin()
        try commit()
        try settle()
        hasDroppedState = false
    }

    private static let replayAdvice = "millrace replay FILE.sql --from bronze"

    /// The epochs that a crash left open and that are to be run again, oldest first.
    ///
    /// There may be two: one that had ended and was being committed, and the one after it. An epoch that had
    /// not ended is in no sink, and its log may lack its last entries. Whatever follows such a one is
    /// forgotten: the sources give its input again.
    private func findOpenEpochs() throws(Diagnostic) -> [EpochLog.Content] {
        var epochs: [Int64] = []
        do throws(StorageError) { epochs = try log.epochs() } catch {
            throw Diagnostic(.state, "the write-ahead log can't be listed: \(error.reason) (\(error.path))")
        }
        guard let first = epochs.first else { return [] }
        ended = first - 1
        var open: [EpochLog.Content] = []
        for number in epochs {
            let content = try log.load(number)
            if let content, content.isDone {
                ended = number
                open = []
                continue
            }
            // Nothing is known to follow an epoch that is incomplete.
            guard let content, open.last?.isSealed ?? true, number == ended + Int64(open.count) + 1 else {
                break
            }
            guard content.planFingerprint == plan.fingerprint else {
                guard content.isSealed else { break }
                throw Diagnostic(
                    .state,
                    "epoch \(number) was begun by another plan and some of its sinks may have it already",
                    hint:
                        "run the former pipeline once more to finish it (--once), then the new one; "
                        + "or rebuild its tables by the new one: \(Self.replayAdvice)")
            }
            open.append(content)
        }
        for number in epochs where number > ended + Int64(open.count) {
            try persisting("the write-ahead log") { () throws(StorageError) in try log.remove(number) }
        }
        return open
    }

    /// Puts the operators together, with empty state.
    private func build() throws(Diagnostic) {
        let checkpoint = StateCheckpoint(
            directory: Path.join(configuration.stateDirectory, "state"), fileSystem: environment.fileSystem,
            memory: StateMemory(budgetBytes: configuration.stateMemoryBytes))
        self.checkpoint = checkpoint
        let builder = FlowBuilder(
            plan: plan, sinks: sinks, subscribers: subscribers, workers: workers, seed: instance.seed,
            // Marks of an epoch's rounds stay below the next epoch's first.
            firstMark: (ended + 1) << 24, views: configuration.views, makeStore: checkpoint.addStore)
        flow = builder.build()
    }

    /// The name of the task's own values beside the state.
    static let attachment = "task"

    /// Fills the stores with the state of the last epoch that is done.
    private func restoreState() throws(Diagnostic) -> TaskCheckpoint {
        guard let checkpoint else { return TaskCheckpoint() }
        let epoch = Int(ended)
        try stateful { () throws(StateError) in
            guard epoch > 0 else { return try checkpoint.startEmpty() }
            hasDroppedState = try !checkpoint.load(epoch: epoch).dropped.isEmpty
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
                hint: "rebuild it and the tables from bronze: \(Self.replayAdvice); "
                    + "or put the former query back, or start over with another --state directory")
        }
        return restored
    }

    /// Goes on where the checkpoint left off.
    private func takeUp(_ restored: TaskCheckpoint) throws(Diagnostic) {
        guard let flow else { return }
        let last = ended
        board.update { $0.epoch = last }
        flow.restore(restored.progress)
        for (name, counters) in flow.allCounters { counters.restore(restored.counters[name] ?? []) }
        for scan in flow.scans where scan.properties.errorPolicy == .deadLetter {
            if let keeper = deadLetterKeepers[scan.relation.name] {
                try open(keeper, restored)
                deadLetters[scan.relation.name] = keeper
                continue
            }
            deadLetters[scan.relation.name] = DeadLetterFiles(
                fileSystem: environment.fileSystem,
                directory: configuration.deadLetterDirectory
                    ?? scan.properties.deadLetters.map { folder in
                        configuration.deadLetterFolder.map { Path.join(folder, $0) } ?? folder
                    } ?? standardDeadLetters,
                sourceName: scan.relation.name)
        }
        openSilences()
        try openRules()
        try openStops()
        try openSinks(restored)
        for (relation, source) in sources { try source.restore(restored.positions[relation]) }
    }

    private func open(_ keeper: any DeadLetterKeeper, _ restored: TaskCheckpoint) throws(Diagnostic) {
        try patientlyDelivering { () throws(SinkError) in
            try keeper.open(
                instance: instance.id, openEpoch: ended + 1,
                directory: configuration.deadLetterDirectory ?? standardDeadLetters)
        }
    }

    private var standardDeadLetters: String { Path.join(configuration.stateDirectory, "dead-letters") }

    private func openSinks(_ restored: TaskCheckpoint) throws(Diagnostic) {
        for sink in allSinks {
            let context = SinkContext(
                applicationID: "\(instance.id)/\(sink.name)", workers: workers, seed: instance.seed.low,
                deadLetterDirectory: configuration.deadLetterDirectory ?? standardDeadLetters,
                deadLetterFolder: configuration.deadLetterFolder)
            let expected = restored.sinkEpochs[sink.name]
            let next = ended + 1
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
        try pass(content.idle)
        for (index, range) in content.ranges {
            guard index < sources.count else { continue }
            try sources[index].source.replay(range)
            try process([range], of: index)
        }
        try commit()
        try settle()
    }
}
