import Columnar
import Diagnostics
import Planning
import State
import Storage
import Synchronization

/// A task: a pipeline's plan at work over a set of input partitions, with its own log, state and epochs.
///
/// ```
/// poll ─► log ranges ─► rounds ─► … ─► end ─► seal ─► sinks prepare ─► state durable ─► sinks commit ─► done
///         └─ an epoch at work, by this ─┘     └─ its commit, by other threads, while the next is at work ─┘
/// ```
/// After a crash the unfinished epoch's ranges are run again under the same clock: the same rows come out,
/// and a sink that has the epoch already skips it. All methods but `stop` and `status` belong to one thread
/// at a time: that of `run`, or whoever calls `start`, `step` and `finish`.
public final class PipelineTask: @unchecked Sendable {
    let plan: PipelinePlan
    let configuration: TaskConfiguration
    let environment: TaskEnvironment
    let sources: [(relation: String, source: any Source)]
    var sinks: [String: [any Sink]]
    let subscribers: [String: [any Subscriber]]
    let workers: WorkerPool
    /// Threads for commits, which mostly wait for the disk.
    let committers: WorkerPool
    /// What this task has them do.
    let commitJobs = WorkerPool.JobGroup()
    let mergeJobs = WorkerPool.JobGroup()
    let ownsThreads: Bool
    let log: EpochLog
    let board: StatusBoard

    var instance = TaskInstance(id: "", seed: Fingerprint(low: 0, high: 0))
    var flow: Flow?
    var checkpoint: StateCheckpoint?
    var deadLetters: [String: any DeadLetterKeeper] = [:]
    /// Where a source's dead letters go that are not kept in files, by relation.
    let deadLetterKeepers: [String: any DeadLetterKeeper]
    /// What the quality rules have found so far; nil without a rules file.
    var ruleBook: RuleBook?
    /// The sinks that they have stopped, and how many rows are kept for each.
    var sinkStops = SinkStops()
    var withheldCounts: [String: Int64] = [:]
    /// The views that hold all rows of their tables.
    var wholeViews: [String: TableView] = [:]
    /// The same, for other threads.
    let views = Mutex<[String: TableView]>([:])
    /// The last epoch that has ended: it is done once `pending` is.
    var ended: Int64 = 0
    var epoch: OpenEpoch?
    /// Whether the checkpoint has state that no query of the plan keeps.
    var hasDroppedState = false
    /// The commit that is under way.
    var pending: EpochCommit?
    /// Called when an epoch was committed, or could not be: the next step takes that up. By any thread.
    public var onCommit: (@Sendable () -> Void)?
    /// Of sources with a time-out, by number.
    var silences: [Int: Silence] = [:]
    /// When sinks were asked last to do what they have put off, milliseconds of the monotonic clock.
    var maintainedAt = 0.0
    /// Whether sinks are merging files and the like.
    let isMaintaining = Atomic<Bool>(false)

    /// An epoch at work.
    struct OpenEpoch {
        let number: Int64
        let clock: Int64
        let log: EpochLog.Writer
        let startedAt: Double
        var bytes = 0
    }

    /// - Parameters:
    ///   - sources: by relation.
    ///   - sinks: by relation.
    ///   - deadLetterKeepers: where dead letters go, by the relation that they are of; the others' go into
    ///     files.
    ///   - threads: those that it shares with other tasks; nil makes its own.
    public init(
        plan: PipelinePlan, configuration: TaskConfiguration, environment: TaskEnvironment,
        sources: [String: any Source], sinks: [String: [any Sink]],
        subscribers: [String: [any Subscriber]] = [:],
        deadLetterKeepers: [String: any DeadLetterKeeper] = [:], threads: TaskThreads? = nil
    ) {
        self.deadLetterKeepers = deadLetterKeepers
        self.plan = plan
        self.configuration = configuration
        self.environment = environment
        self.sources = plan.catalogue.order.compactMap { name in sources[name].map { (name, $0) } }
        self.sinks = sinks
        self.subscribers = subscribers
        let threads = threads ?? TaskThreads(configuration.threads)
        ownsThreads = threads.isOfOneTask
        workers = threads.workers
        committers = threads.committers
        log = EpochLog(
            fileSystem: environment.fileSystem,
            directory: Path.join(configuration.stateDirectory, "log"))
        board = StatusBoard()
    }

    deinit {
        guard ownsThreads else { return }
        workers.stop()
        committers.stop()
    }

    /// Asks the task to finish its epoch and return. From any thread.
    public func stop() {
        board.requestStop()
        for (_, source) in sources {
            source.giveUp()
            source.wake()
        }
    }

    /// How the pipeline stands. From any thread.
    public var status: PipelineStatus {
        var status = board.status
        guard status.phase == .running || status.phase == .recovering else { return status }
        // The source that has been in trouble for longest stands for all.
        let troubles = sources.compactMap { $0.source.trouble }
        if let worst = troubles.min(by: { $0.sinceMilliseconds < $1.sinceMilliseconds }) {
            status.phase = .retrying(reason: worst.reason, sinceMilliseconds: worst.sinceMilliseconds)
        }
        return status
    }

    // MARK: Running

    /// Takes up the checkpoint, finishes an epoch that a crash left open, and then works until `stop`, or
    /// with `once` until all input that is there has been taken.
    public func run(once: Bool) throws(Diagnostic) {
        do throws(Diagnostic) {
            try start()
        } catch {
            // Stopped before its sources answered.
            guard board.isStopRequested, error.code == .cancelled else { throw error }
            board.update { $0.phase = .stopped }
            return
        }
        while !board.isStopRequested {
            let next = try step(isFinal: once)
            if case .ended = next { break }
            if case .waits(let milliseconds) = next { wait(milliseconds: milliseconds ?? Self.idleWait) }
        }
        try finish()
    }

    /// What a step has come to.
    public enum Step: Sendable, Equatable {
        /// There may be more to do at once.
        case worked
        /// Nothing to do until there is input or so many milliseconds have passed; nil is any time.
        case waits(milliseconds: Int?)
        /// All input that is there has been taken.
        case ended
    }

    /// Takes up the checkpoint and finishes an epoch that a crash left open.
    public func start() throws(Diagnostic) {
        try recover()
        maintainedAt = environment.monotonic()
        board.update { $0.phase = .running }
    }

    /// Takes what input there is, or ends the epoch when that is due; waits for neither.
    ///
    /// - Parameter isFinal: takes unterminated records too, and ends where there is no more input.
    public func step(isFinal: Bool = false) throws(Diagnostic) -> Step {
        if pending?.isFinished == true { try settle() }
        if try takeInput(isFinal: isFinal) { return .worked }
        defer { publish() }
        if let epoch {
            let left =
                Double(configuration.triggerMilliseconds) - (environment.monotonic() - epoch.startedAt)
            guard isFinal || isDue else {
                // What is being committed holds up the next commit, and wakes us when it is done.
                return .waits(milliseconds: left > 0 ? max(1, Int(left)) : Self.idleWait)
            }
            try commit()
            return .worked
        }
        if try hasResumption() {
            try begin()
            return .worked
        }
        if isFinal { return .ended }
        let untilIdleness = untilIdlenessCounts.map { Int(clamping: $0) }
        if isRuleDue || untilIdleness == 0 {
            // Nothing comes: what a rule has to say of that is an epoch's too, and what it closes.
            try begin()
            return .worked
        }
        if environment.monotonic() - maintainedAt > Self.maintenanceInterval { maintainSinks() }
        let others = ruleBook == nil && pending == nil ? nil : Self.idleWait
        return .waits(milliseconds: [untilIdleness, others].compactMap { $0 }.min())
    }

    /// Commits the epoch at work and waits for it.
    public func finish() throws(Diagnostic) {
        if epoch != nil { try commit() }
        try settle(mergesState: false)
        committers.drain(commitJobs)
        publish()
        board.update { $0.phase = .stopped }
    }

    private static let idleWait = 1000
    /// Milliseconds between calls for maintenance where no epochs are.
    private static let maintenanceInterval = 3_600_000.0

    private func wait(milliseconds: Int) {
        // One source wakes us by itself; among several nobody can wait for all, so each gets a little time in
        // turn.
        if sources.count == 1 {
            sources[0].source.wait(milliseconds: milliseconds)
        } else if !sources.isEmpty {
            for (_, source) in sources { source.wait(milliseconds: min(milliseconds, 5)) }
        }
    }

    /// Bytes that are fixed in the log at a time: enough for all threads, little enough to start at once.
    var stepBytes: Int { 16 * configuration.chunkBytes }

    /// Takes what input there is, as far as the epoch has room. False when there was none.
    private func takeInput(isFinal: Bool) throws(Diagnostic) -> Bool {
        let leading = sources.indices.filter { sources[$0].source.comesFirst }
        var found = false
        for index in leading where try takeInput(of: index, isFinal: isFinal) { found = true }
        // The others' records would meet tables that are not there yet.
        if found || leading.contains(where: { sources[$0].source.comesFirst }) { return found }
        let turns = isFinal ? flow?.turns(of: sources.map(\.relation)) : nil
        for index in turns ?? Array(sources.indices) {
            guard try takeInput(of: index, isFinal: isFinal) else { continue }
            found = true
            // Whose turn it is may be another matter now.
            if turns != nil { return true }
        }
        return found
    }

    private func takeInput(of index: Int, isFinal: Bool) throws(Diagnostic) -> Bool {
        let room = configuration.epochBytes - (epoch?.bytes ?? 0)
        let ranges = try sources[index].source.poll(
            maximumBytes: max(1, min(room, stepBytes)), isFinal: isFinal)
        // With a final end nothing is to come: nobody waits for it.
        if !isFinal { note(index, hadRecords: !ranges.isEmpty) }
        guard !ranges.isEmpty else { return false }
        try begin()
        for range in ranges {
            try persisting("the write-ahead log") { () throws(StorageError) in
                try self.epoch?.log.append(source: index, range)
            }
            epoch?.bytes += range.byteCount
        }
        try take(ranges, of: index)
        if isDue { try commit() } else { sendAhead(ranges) }
        return true
    }

    /// Has targets get what they can take before the epoch's end, where somebody may wait for it.
    private func sendAhead(_ ranges: [InputRange]) {
        // Who has much to do gets on sooner by doing it all at once, and what an epoch of minutes sends ahead
        // would be open for so long.
        guard configuration.triggerMilliseconds <= Self.longestTriggerAhead,
            ranges.reduce(0, { $0 + $1.byteCount }) <= configuration.chunkBytes
        else { return }
        flow?.passChangesOn()
        for sink in allSinks { sink.sendAhead() }
    }

    private static let longestTriggerAhead = 60_000

    /// While the epoch before is being committed, this one goes on for as long as it has room.
    private var isDue: Bool {
        guard let epoch else { return false }
        return epoch.bytes >= configuration.epochBytes
            || pending == nil
                && environment.monotonic() - epoch.startedAt >= Double(configuration.triggerMilliseconds)
    }

    func begin() throws(Diagnostic) {
        guard epoch == nil else { return }
        let content = EpochLog.Content(
            epoch: ended + 1, clock: environment.clock(), planFingerprint: plan.fingerprint)
        var writer: EpochLog.Writer?
        try persisting("the write-ahead log") { () throws(StorageError) in
            writer = try self.log.begin(content)
        }
        guard let writer else { return }
        try open(content, writer)
        try countIdleTime()
    }

    func open(_ content: EpochLog.Content, _ writer: EpochLog.Writer) throws(Diagnostic) {
        epoch = OpenEpoch(
            number: content.epoch, clock: content.clock, log: writer, startedAt: environment.monotonic())
        for letters in deadLetters.values { letters.begin(clock: content.clock) }
        flow?.quarantine?.begin(epoch: content.epoch)
        for sink in allSinks {
            try delivering(sink) { () throws(SinkError) in
                try sink.begin(epoch: content.epoch, clock: content.clock)
            }
        }
        board.update { $0.epoch = content.epoch }
    }

    var allSinks: [any Sink] { plan.catalogue.order.flatMap { sinks[$0] ?? [] } }

    /// Where there is little input, somebody waits for what it changes: encoding files comes after that.
    private func take(_ ranges: [InputRange], of index: Int) throws(Diagnostic) {
        guard ranges.reduce(0, { $0 + $1.byteCount }) < stepBytes / 2 else {
            return try process(ranges, of: index)
        }
        try workers.holdingBackground { () throws(Diagnostic) in try process(ranges, of: index) }
    }

    /// Runs ranges through the operators, in rounds of as many chunks as there are slots.
    func process(_ ranges: [InputRange], of index: Int) throws(Diagnostic) {
        guard let flow, let epoch else { return }
        let (relation, source) = sources[index]
        var loaders: [ChunkLoader] = []
        let bytes = chunkBytes(of: ranges, flow.slots.count)
        for range in ranges { loaders += try source.chunks(of: range, targetBytes: bytes) }
        try flow.run(loaders, of: relation, clock: epoch.clock) { round, clock in
            deadLetters[relation]?.append(round.deadLetters, clock: clock)
            publish()
        }
    }

    /// A little input is cut into smaller chunks, so that all threads have a part of it and its changes are
    /// there sooner.
    private func chunkBytes(of ranges: [InputRange], _ slots: Int) -> Int {
        let all = ranges.reduce(0) { $0 + $1.byteCount }
        return min(configuration.chunkBytes, max(Self.smallestChunk, all / slots))
    }

    private static let smallestChunk = 64 << 10

    func publish() {
        guard let flow else { return }
        var lags: [Int] = []
        for (_, source) in sources { lags.append(source.lag()) }
        board.update { status in
            flow.describe(into: &status, lags: lags, sinks: self.sinks)
            self.describeRules(into: &status)
            self.describeStops(into: &status)
        }
    }
}
