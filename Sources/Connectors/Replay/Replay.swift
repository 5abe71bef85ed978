import DeltaLake
import Diagnostics
import Glibc
import Planning
import Runtime
import Storage

/// Makes the tables of a pipeline anew from its bronze, beside the live ones, and swaps them in.
///
/// ```
/// start ─► rebuild (again for what has come since) ─► take the state's lock ─► rebuild the rest
///       ─► conclude: the rebuilt state becomes the checkpoint of an epoch ─► journal ─► swap
/// ```
/// Until the journal is written nothing that anybody reads has changed; from then on the swap is finished by
/// whoever comes next. All methods but `stop` and `status` belong to one thread.
public final class Replay: @unchecked Sendable {
    public let plan: PipelinePlan
    let bronzes: [BronzePlan]
    let places: ReplayPlaces
    let configuration: TaskConfiguration
    let fileSystem: any FileSystem
    let environment: TaskEnvironment
    let tableEnvironment: TableEnvironment
    private let workers: WorkerPool
    private static let lockAttempts = 20
    private static let lockPause: UInt32 = 20_000

    private let lock: DirectoryLock
    // Held for as long as they live.
    private var ownLock: AnyObject?
    private var stateLock: AnyObject?
    private(set) var sources: [(source: BronzeSource, table: BronzeTable)] = []
    private(set) var task: PipelineTask?
    private(set) var instance = ""

    /// Takes a directory for this process; nil when another one has it, which is then told.
    public typealias DirectoryLock =
        @Sendable (
            _ directory: String, _ owner: inout String
        ) throws(Diagnostic) -> AnyObject?

    /// The kernel's lock, which it lets go of when the process ends.
    public static let processLock: DirectoryLock = { (directory, owner) throws(Diagnostic) in
        try StateDirectoryLock.ifFree(directory, owner: &owner)
    }

    /// Checks what can be checked without looking at tables.
    ///
    /// - Parameters:
    ///   - plan: the new logic.
    ///   - from: names the bronze; see `BronzeSearch`.
    ///   - configuration: as for the pipeline itself, with its state directory.
    public init(
        _ plan: PipelinePlan, from name: String, configuration: TaskConfiguration,
        fileSystem: any FileSystem, environment: TaskEnvironment, tables: TableEnvironment = .system,
        lock: @escaping DirectoryLock = Replay.processLock
    ) throws(Diagnostic) {
        self.plan = plan.forReplay
        self.lock = lock
        self.configuration = configuration
        self.fileSystem = fileSystem
        self.environment = environment
        tableEnvironment = tables
        places = ReplayPlaces(state: configuration.stateDirectory)
        bronzes = try BronzeSearch.find(name, in: plan)
        workers = WorkerPool(threads: configuration.threads)
    }

    deinit { workers.stop() }

    /// The tables that are replayed from, for people.
    public var origins: [String] { bronzes.map(\.options.path) }

    /// The sinks whose tables are rebuilt, in the order of the plan.
    var rebuilt: [SinkPlan] {
        let kept = Set(bronzes.map(\.sink.name))
        return plan.sinks.filter { !kept.contains($0.name) }
    }

    /// What is worth telling before the work begins.
    public var warnings: [String] {
        bronzes.filter { $0.clock == nil }.map { bronze in
            "\(bronze.options.path) does not tell when a record came: rebuilt rows see the clock of now, and "
                + "files come in the order of their discovery"
        }
    }

    /// How the rebuild stands. From any thread.
    public var status: PipelineStatus { task?.status ?? PipelineStatus() }

    /// Ends the rebuild before its time; it throws `cancelled`. From any thread.
    public func stop() { task?.stop() }

    // MARK: The steps

    /// Finishes what an earlier replay has begun, and makes ready to rebuild.
    public func start() throws(Diagnostic) {
        // First: a directory that was named by mistake is not made.
        guard try StandingState(configuration.stateDirectory, in: fileSystem) != nil else { throw isNew }
        try takeOwnLock()
        if try ReplayJournal.read(places.journal, fileSystem) != nil {
            var owner = ""
            guard let held = try lock(configuration.stateDirectory, &owner) else {
                throw Diagnostic(
                    .conflict, "the pipeline\(owner) is finishing an earlier replay", hint: "try again")
            }
            defer { withExtendedLifetime(held) {} }
            try ReplaySwap.finishPending(
                in: configuration.stateDirectory, fileSystem: fileSystem, environment: tableEnvironment)
        }
        ReplayRequest.remove(from: configuration.stateDirectory, fileSystem)
        places.clean(fileSystem)
        guard let state = try StandingState(configuration.stateDirectory, in: fileSystem),
            state.done > 0 || !state.open.isEmpty
        else { throw isNew }
        instance = state.instance
        try checkWithheld()
        try checkTables()
        try prepare(state)
    }

    private var isNew: Diagnostic {
        Diagnostic(
            .notFound, "there is no checkpoint of the pipeline in \(configuration.stateDirectory)",
            expected: "the state directory that the pipeline has run with",
            hint: "name it with --state; a pipeline that has never run needs no replay: run it")
    }

    private func takeOwnLock() throws(Diagnostic) {
        var owner = ""
        // A pipeline that looks whether somebody is here holds the lock for a moment too.
        for _ in 0..<Self.lockAttempts where ownLock == nil {
            ownLock = try lock(places.folder, &owner)
            if ownLock == nil { usleep(Self.lockPause) }
        }
        guard ownLock == nil else { return }
        throw Diagnostic(
            .conflict, "another replay of this pipeline is at work\(owner)",
            hint: "wait for it to end, or stop it: what it has made is removed then")
    }

    /// What a stopped sink has not taken would come to its table by the replay, and once more when it is
    /// resumed.
    private func checkWithheld() throws(Diagnostic) {
        let folder = Path.join(configuration.stateDirectory, "withheld")
        let isHeld = ((try? fileSystem.list(folder)) ?? []).contains { sink in
            ((try? fileSystem.list(Path.join(folder, sink.name))) ?? []).contains {
                $0.name.hasSuffix(".rows")
            }
        }
        guard isHeld else { return }
        throw Diagnostic(
            .state, "sinks of the pipeline are stopped by a quality rule, and rows are withheld for them",
            expected: "a pipeline without stopped sinks", hint: "resume them first, or replay afterwards")
    }

    /// Throws where a table may not be replaced, before any work is done.
    private func checkTables() throws(Diagnostic) {
        for sink in rebuilt {
            try SinkFactory.checkReplayable(sink)
            let options = try DeltaSinkOptions(sink)
            let store = LocalObjectStore(options.path, in: fileSystem)
            try ReplayFailure.told { () throws(DeltaError) in
                try DeltaTable.openIfPresent(store, environment: tableEnvironment)?.checkReplaceable()
            }
        }
    }

    private func prepare(_ state: StandingState) throws(Diagnostic) {
        let paths = try plan.sinks.map { sink throws(Diagnostic) in try DeltaSinkOptions(sink).path }
        try ReplayFailure.stored { () throws(StorageError) in
            try fileSystem.createDirectory(places.folder)
            try places.note(tables: paths, fileSystem)
            try state.shareInstance(with: places.task)
        }
        for bronze in bronzes {
            let table = try BronzeTable(
                bronze, folder: ReplayPlaces.heldFolder, letterFolder: letterFolder(of: bronze),
                fileSystem: fileSystem, environment: tableEnvironment)
            sources.append(
                (
                    BronzeSource(
                        table, workers: workers, headers: try headers(of: bronze), rank: ranks(of: bronze)),
                    table
                ))
        }
        var inputs: [String: any Source] = [:]
        for (source, table) in sources { inputs[table.plan.source.name] = source }
        let sinks = try makeSinks()
        var settings = configuration
        settings.stateDirectory = places.task
        settings.deadLetterDirectory = places.deadLetters
        let task = PipelineTask(
            plan: plan, configuration: settings, environment: environment, sources: inputs, sinks: sinks)
        self.task = task
        try task.startRebuilding()
    }

    /// Those of the tables that are rebuilt; and of bronze, where it lacks records, one for these.
    private func makeSinks() throws(Diagnostic) -> [String: [any Sink]] {
        let complete = bronzes.filter { letterFolder(of: $0) == nil }.map(\.sink.name)
        var sinks = try SinkFactory(fileSystem: fileSystem, environment: tableEnvironment).sinks(
            of: plan, leavingOut: Set(complete), below: ReplayPlaces.tableFolder)
        for (source, table) in sources where letterFolder(of: table.plan) != nil {
            let relation = table.plan.sink.from.name
            sinks[relation] = sinks[relation]?.map { sink in
                sink.name == table.plan.sink.name
                    ? ReturnedRowsSink(sink, table.plan, source.returned) : sink
            }
        }
        return sinks
    }

    /// Rebuilds from all that bronze has by now; called again, from what has come since.
    ///
    /// - Returns: how many records that were.
    @discardableResult
    public func rebuild() throws(Diagnostic) -> Int {
        var count = 0
        // First: what is done now is in bronze when that is looked at.
        let done = try StandingState(configuration.stateDirectory, in: fileSystem)?.done ?? 0
        for (source, table) in sources {
            count += try source.catchUp(application: application(of: table.plan.sink), done: done)
        }
        do throws(Diagnostic) {
            try task?.takeAll()
        } catch {
            for (source, _) in sources { source.abandon() }
            throw error
        }
        return count
    }

    /// Takes the state directory's lock, if nobody else has it.
    ///
    /// - Parameter owner: set to who has it, for people.
    public func takeState(owner: inout String) throws(Diagnostic) -> Bool {
        if stateLock != nil { return true }
        stateLock = try lock(configuration.stateDirectory, &owner)
        return stateLock != nil
    }

    /// Rebuilds the rest and swaps. The state's lock is held, so nothing more comes.
    ///
    /// - Parameter request: with which a pipeline at work was asked to wait.
    public func swap(request: String = "") throws(Diagnostic) {
        precondition(stateLock != nil, "the state's lock is held")
        guard let task else { return }
        try rebuild()
        let journal = try conclude(task, request: request)
        try ReplayFailure.stored { () throws(StorageError) in
            try journal.write(to: places.journal, fileSystem)
        }
        try ReplaySwap(places, journal, fileSystem: fileSystem, environment: tableEnvironment).run()
    }

    /// Removes what was made without swapping it in, and lets go of the locks.
    public func end() {
        task = nil
        sources = []
        guard ownLock != nil else { return }
        if (try? fileSystem.status(places.journal)) ?? nil == nil { places.clean(fileSystem) }
        stateLock = nil
        ReplayRequest.remove(from: configuration.stateDirectory, fileSystem)
        ownLock = nil
    }

    // MARK: The pipeline that goes on

    private func conclude(_ task: PipelineTask, request: String) throws(Diagnostic) -> ReplayJournal {
        guard let state = try StandingState(configuration.stateDirectory, in: fileSystem) else {
            throw Diagnostic(.state, "the state directory \(configuration.stateDirectory) is gone")
        }
        guard state.instance == instance else {
            throw Diagnostic(
                .conflict, "\(configuration.stateDirectory) has become another pipeline's meanwhile",
                hint: "replay again")
        }
        let last = max(state.open.last ?? state.done, task.status.epoch)
        var positions: [String: [UInt8]] = [:]
        var sinkEpochs: [String: Int64] = [:]
        var entries: [ReplayJournal.Table] = []
        for (source, table) in sources {
            let checkpoint = try BronzeReach(table, state).checkpoint(rowsFound: source.rowsOfBronze)
            positions[table.plan.source.name] = checkpoint.position
            sinkEpochs[table.plan.sink.name] = checkpoint.sinkEpoch
            guard letterFolder(of: table.plan) != nil, try returnedRows(table.plan) > 0 else { continue }
            sinkEpochs[table.plan.sink.name] = last + 1
            entries.append(
                ReplayJournal.Table(
                    sink: table.plan.sink.name, path: ReplayPlaces.absolute(table.plan.options.path),
                    isAppended: true))
        }
        for sink in rebuilt { sinkEpochs[sink.name] = last + 1 }
        try task.conclude(as: last + 1, positions: positions, sinkEpochs: sinkEpochs)
        self.task = nil
        let letters = try joinLetters(epoch: last + 1)
        for sink in rebuilt {
            entries.append(
                ReplayJournal.Table(
                    sink: sink.name, path: ReplayPlaces.absolute(try DeltaSinkOptions(sink).path),
                    isAppended: false))
        }
        return ReplayJournal(
            instance: instance, epoch: last + 1, from: origins.joined(separator: ", "), tables: entries,
            request: request, letters: letters)
    }

    /// Records that come back into a bronze table.
    private func returnedRows(_ bronze: BronzePlan) throws(Diagnostic) -> Int {
        let store = LocalObjectStore(ReplayPlaces.rebuilt(bronze.options.path), in: fileSystem)
        return try ReplayFailure.told { () throws(DeltaError) in
            guard let table = try DeltaTable.openIfPresent(store, environment: tableEnvironment) else {
                return 0
            }
            return table.rowCount(table.snapshot) ?? 0
        }
    }

    /// Records that were set aside and come back into bronze.
    public func returnedRows() throws(Diagnostic) -> Int {
        var count = 0
        for bronze in bronzes where letterFolder(of: bronze) != nil { count += try returnedRows(bronze) }
        return count
    }

    /// One file of dead letters for each source that has such: those that the rebuild has made, and lines
    /// that are no records.
    private func joinLetters(epoch: Int64) throws(Diagnostic) -> [ReplayJournal.Letters] {
        var joined: [ReplayJournal.Letters] = []
        for (_, table) in sources {
            guard let folder = letterFolder(of: table.plan) else { continue }
            let name = DeadLetterRecords.fileName(of: table.plan.source.name, epoch: epoch)
            let made = try DeadLetterRecords.files(
                of: table.plan.source.name, in: places.deadLetters, fileSystem)
            var others: [[UInt8]] = []
            for path in table.letterFiles {
                others += try DeadLetterRecords(path, of: table.plan, fileSystem).others
            }
            joined.append(
                ReplayJournal.Letters(
                    folder: ReplayPlaces.absolute(folder), source: table.plan.source.name, file: name))
            if made.isEmpty, others.isEmpty { continue }
            try ReplayFailure.stored { () throws(StorageError) in
                let file = try fileSystem.create(Path.join(places.task, name))
                defer { file.close() }
                for line in others { try file.write(line + [UInt8(ascii: "\n")]) }
                for (_, path) in made { try file.write(try fileSystem.read(path)) }
                try file.synchronise()
                try fileSystem.synchroniseDirectory(places.task)
            }
        }
        return joined
    }

    func application(of sink: SinkPlan) -> String { SinkIdentity(instance: instance, sink: sink.name).appId }

    // MARK: What bronze does not tell

    /// Where the pipeline keeps the dead letters of a source that sets them aside.
    private func letterFolder(of bronze: BronzePlan) -> String? {
        guard bronze.sourceProperties.errorPolicy == .deadLetter else { return nil }
        return bronze.sourceProperties.deadLetters
            ?? Path.join(configuration.stateDirectory, "dead-letters")
    }

    private func headers(of bronze: BronzePlan) throws(Diagnostic) -> FileHeaders? {
        let properties = bronze.sourceProperties
        guard properties.valueFormat == .csv,
            properties.connectorOptions["header"]?.lowercased() != "false",
            case .files(let path) = properties.connector
        else { return nil }
        var settings = try SourceFactory.settings(path, bronze.source, properties)
        settings.afterwards = .keep
        let fixed = settings
        return FileHeaders(fileSystem: fileSystem) { file in
            var own = fixed
            own.path = file
            return own
        }
    }

    /// The order in which the source discovered its files, as far as its checkpoint and the files still tell.
    private func ranks(of bronze: BronzePlan) -> BronzeSource.Ranks {
        let (directory, fileSystem) = (configuration.stateDirectory, fileSystem)
        return {
            guard let state = try? StandingState(directory, in: fileSystem),
                let checkpoint = try? state.checkpoint(of: state.done),
                let position = checkpoint.positions[bronze.source.name],
                let known = try? FilePosition(position)
            else { return { _ in nil } }
            let ids = Dictionary(known.entries.map { ($0.key.inode, $0.id) }) { first, _ in first }
            return { path in
                guard let status = try? fileSystem.status(path) else { return nil }
                return ids[status.inode]
            }
        }
    }
}
