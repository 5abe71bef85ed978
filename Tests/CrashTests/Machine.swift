import Connectors
import DeltaLake
import Diagnostics
import Planning
import Runtime
import Storage
import Synchronization
import TestKit

/// A simulated computer on which the pipeline runs: its disk outlives a loss of power, all else starts anew.
final class Machine {
    static let rawDirectory = "/data/raw"
    static let lakeDirectory = "/data/lake"
    static let stateDirectory = "/data/state"

    /// How the pipeline is run.
    struct Settings {
        var statements = ShopPipeline.statements
        /// The pipeline's rules file; nil for none.
        var rules: String?
        var threads = 1
        var epochBytes = 16_000
        var chunkBytes = 1500
        var stateMemoryBytes = 1 << 30
        /// Stands before the disk; what it forgets the pipeline takes for done.
        var wrap: @Sendable (SimulatedFileSystem) -> any FileSystem = { $0 }
    }

    private(set) var disk = SimulatedFileSystem()
    private(set) var boots = 0
    let settings: Settings
    private let chance: ChanceOfMachine
    private let clock = Mutex<Int64>(1_772_700_000_000)

    init(_ settings: Settings = Settings(), seed: UInt64 = 1) throws {
        self.settings = settings
        chance = ChanceOfMachine(seed: seed)
        try disk.createDirectory(Machine.rawDirectory)
    }

    /// Puts a file into the watched directory as a careful producer does: whole, or not at all.
    func deliver(_ lines: [String], as name: String) throws {
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        let path = Path.join(Machine.rawDirectory, name)
        try bytes.withUnsafeBytes { try disk.writeAtomically($0, to: path) }
    }

    /// A task over what is on the disk; nothing of former tasks is left in memory.
    ///
    /// - Parameter resumed: sinks that a rule has stopped and that are to go on.
    func task(patienceMilliseconds: Int? = 0, resuming resumed: [String] = []) throws -> PipelineTask {
        let files = settings.wrap(disk)
        let plan = try ShopPipeline.plan(settings.statements, rules: settings.rules)
        let random = chance.next
        let environment = TableEnvironment(clock: now, random: random)
        var configuration = TaskConfiguration(stateDirectory: Machine.stateDirectory)
        configuration.threads = settings.threads
        configuration.epochBytes = settings.epochBytes
        configuration.chunkBytes = settings.chunkBytes
        configuration.stateMemoryBytes = settings.stateMemoryBytes
        configuration.patienceMilliseconds = patienceMilliseconds
        configuration.resumedSinks = resumed
        return PipelineTask(
            plan: plan, configuration: configuration,
            environment: TaskEnvironment(
                // Epochs end by size alone: a trigger would end them by the machine's speed.
                fileSystem: files, clock: now, monotonic: { 0 }, entropy: random),
            sources: try SourceFactory(fileSystem: files, report: { _ in }).sources(of: plan),
            sinks: try SinkFactory(fileSystem: files, environment: environment).sinks(of: plan))
    }

    /// Takes all input that is there; gives the task's last status. Throws what ended the task.
    @discardableResult func run(resuming resumed: [String] = []) throws -> PipelineStatus {
        let task = try task(resuming: resumed)
        try task.run(once: true)
        return task.status
    }

    /// What a run with a limited life came to.
    enum Outcome {
        case done(PipelineStatus)
        case powerLost
    }

    /// Runs until all input is taken or the power goes at the operation of this number, counted from now.
    func run(losingPowerAt operation: Int, resuming resumed: [String] = []) throws -> Outcome {
        let last = disk.operationCount + operation
        disk.crashAt(last)
        do {
            let status = try run(resuming: resumed)
            // A task whose disk is gone when it looks for more input ends as if there were none.
            if disk.operationCount < last {
                disk.crashAt(.max)
                return .done(status)
            }
        } catch {
            guard disk.operationCount >= last else { throw error }
        }
        return .powerLost
    }

    /// The power comes back: the disk keeps what was durable and, by `seed`, some of the rest.
    func reboot(seed: UInt64) {
        disk = disk.crash(seed: seed)
        boots += 1
        clock.withLock { $0 += 3_600_000 }
    }

    /// Takes over the disk of another machine.
    func take(_ other: SimulatedFileSystem) {
        disk = other
        boots += 1
        clock.withLock { $0 += 86_400_000 }
    }

    /// The files below a directory.
    func contents(below directory: String) throws -> [(path: String, bytes: [UInt8])] {
        try disk.list(directory).flatMap { entry in
            let path = Path.join(directory, entry.name)
            return entry.isDirectory ? try contents(below: path) : [(path, try disk.read(path))]
        }
    }

    func removeAll(below directory: String) throws {
        for (path, _) in try contents(below: directory) { try disk.remove(path) }
    }

    /// Goes on a millisecond each time it is read, and an hour with each reboot.
    private var now: @Sendable () -> Int64 {
        { [self] in
            clock.withLock { time in
                time += 1
                return time
            }
        }
    }
}

extension Machine: @unchecked Sendable {}

/// Random bits from a seed, for many threads.
private final class ChanceOfMachine: Sendable {
    private let generator: Mutex<SeededGenerator>

    init(seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed)) }

    var next: @Sendable () -> UInt64 { { [self] in generator.withLock { $0.next() } } }
}
