import Diagnostics
import Glibc
import Storage

/// The state directory that processes of one service share.
///
/// ```
/// <state>/service            what they agree on: ServiceManifest
/// <state>/service.lock       held while one of them reads or changes that
/// <state>/members/<name>     locked by a process that lives
/// <state>/tasks/<number>/    a state directory for each task, locked by the process that works on it
/// ```
/// Locks go with their process, so what a dead one had is free at once, and what a halted one has is not.
public final class ServiceDirectory: Sendable {
    public let path: String
    private let fileSystem: any FileSystem

    public init(_ path: String, fileSystem: any FileSystem = LocalFileSystem()) {
        self.path = path
        self.fileSystem = fileSystem
    }

    /// More of them than this are more than a machine has use for.
    public static let mostTasks = 1024

    /// A process that is or was at work.
    public struct Member: Equatable, Sendable {
        public let name: String
        /// `pid 12 on host`.
        public let process: String
    }

    public func path(ofTask task: Int) -> String { Path.join(Path.join(path, "tasks"), String(task)) }

    private var membersPath: String { Path.join(path, "members") }

    public func manifest() throws(Diagnostic) -> ServiceManifest? {
        try ServiceManifest.read(from: path, fileSystem)
    }

    /// What a process that joins wants the service to be.
    public struct Wish: Sendable {
        public let name: String
        /// nil leaves it to the topics: a task for each partition.
        public let tasks: Int?
        public let isKeyed: Bool
        public let plan: UInt64

        public init(name: String, tasks: Int?, isKeyed: Bool, plan: UInt64) {
            self.name = name
            self.tasks = tasks
            self.isKeyed = isKeyed
            self.plan = plan
        }
    }

    /// Throws where the directory is another service's, or that of a pipeline that runs by itself.
    @discardableResult
    public func check(_ wish: Wish) throws(Diagnostic) -> ServiceManifest? {
        guard let found = try manifest() else {
            let instance = Path.join(path, "instance")
            if (try? fileSystem.status(instance)) ?? nil != nil {
                throw Diagnostic(
                    .state, "the state directory \(path) is that of a pipeline that runs as one process",
                    hint: "give the service another one with --state, or run without --service")
            }
            return nil
        }
        guard found.name == wish.name else {
            throw Diagnostic(
                .state, "the state directory \(path) is that of the service \(found.name)",
                expected: "--service \(found.name)", hint: "give \(wish.name) another one with --state")
        }
        if let tasks = wish.tasks, tasks != found.tasks {
            throw Diagnostic(
                .state,
                "the service \(found.name) has \(Self.count(found.tasks, "task")), and --tasks says "
                    + "\(tasks): which task a partition belongs to never changes",
                expected: "--tasks \(found.tasks), or nothing",
                hint: "start a service of another name with a new --state directory and new targets")
        }
        return found
    }

    // MARK: Joining

    /// Becomes a member; makes the service where it is not there.
    ///
    /// - Parameters:
    ///   - partitions: by topic; asked for only where the service is made.
    public func join(
        _ wish: Wish, partitions: [String: Int]?, isStopped: () -> Bool = { false }
    ) throws(Diagnostic) -> ServiceMember? {
        do throws(StorageError) {
            try fileSystem.createDirectory(membersPath)
            try fileSystem.createDirectory(Path.join(path, "tasks"))
        } catch {
            throw Diagnostic(
                .state, "the state directory \(path) can't be used: \(error.reason) (\(error.path))",
                hint: "check its permissions, or give another one with --state")
        }
        var held: FileLock?
        while held == nil {
            if isStopped() { return nil }
            held = try FileLock.take(Path.join(path, "service.lock"))
            if held == nil { usleep(Self.retryMicroseconds) }
        }
        return try withExtendedLifetime(held) { () throws(Diagnostic) in
            try joinAlone(wish, partitions)
        }
    }

    private static let retryMicroseconds: UInt32 = 5_000

    /// Nobody else joins meanwhile.
    private func joinAlone(
        _ wish: Wish, _ partitions: [String: Int]?
    ) throws(Diagnostic) -> ServiceMember? {
        var manifest: ServiceManifest
        if let found = try check(wish) {
            manifest = found
        } else {
            manifest = try made(wish, partitions ?? [:])
        }
        if manifest.plan != wish.plan {
            if let other = try livingMembers().first {
                throw Diagnostic(
                    .conflict,
                    "processes of the service \(wish.name) run another pipeline: \(other.process), "
                        + "and perhaps others",
                    hint: "stop all of them, then start those with the new one")
            }
            manifest.plan = wish.plan
            try manifest.write(to: path, fileSystem)
        }
        let (name, lock) = try enter()
        return ServiceMember(name, manifest, self, lock)
    }

    private func made(_ wish: Wish, _ partitions: [String: Int]) throws(Diagnostic) -> ServiceManifest {
        if wish.isKeyed, let least = partitions.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
            let most = partitions.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
            least.value != most.value
        {
            throw Diagnostic(
                .unsupported,
                "topic \(least.key) has \(Self.count(least.value, "partition")) and topic \(most.key) "
                    + "has \(most.value): records of one key lie in partitions of different numbers",
                expected: "topics with as many partitions",
                hint: "make one of them anew with as many as the other, or run one process, without --service"
            )
        }
        let count = partitions.values.max() ?? 1
        let manifest = ServiceManifest(
            name: wish.name, id: Self.hexadecimal(UInt64.random(in: .min ... .max)),
            tasks: min(wish.tasks ?? count, count, Self.mostTasks), partitions: partitions,
            isKeyed: wish.isKeyed, plan: wish.plan)
        try manifest.write(to: path, fileSystem)
        return manifest
    }

    /// A file of our own that is locked, and still there: whoever looks who lives may take one that is not
    /// locked yet for a dead one's.
    private func enter() throws(Diagnostic) -> (name: String, lock: FileLock) {
        while true {
            let name = Self.hexadecimal(Self.now()) + "-" + Self.hexadecimal(UInt64.random(in: .min ... .max))
            guard let lock = try FileLock.take(Path.join(membersPath, name)), lock.isInPlace else { continue }
            lock.write(Self.process + "\n")
            return (name, lock)
        }
    }

    // MARK: Looking

    /// Those whose processes live, eldest first; the files of others are removed.
    public func livingMembers() throws(Diagnostic) -> [Member] {
        let entries: [DirectoryEntry]
        do throws(StorageError) {
            guard try fileSystem.status(membersPath) != nil else { return [] }
            entries = try fileSystem.list(membersPath)
        } catch {
            throw Diagnostic(.state, "\(membersPath) can't be listed: \(error.reason)")
        }
        var living: [Member] = []
        for entry in entries.sorted(by: { $0.name < $1.name }) {
            let file = Path.join(membersPath, entry.name)
            guard try FileLock.take(file, isShared: true, makes: false) == nil else {
                unlink(file)
                continue
            }
            guard let text = try? fileSystem.read(file) else { continue }
            living.append(Member(name: entry.name, process: Self.line(text)))
        }
        return living
    }

    /// The process that works on a task; nil where nobody does.
    public func owner(ofTask task: Int) throws(Diagnostic) -> String? {
        let file = Path.join(path(ofTask: task), "lock")
        guard (try? fileSystem.status(file)) ?? nil != nil,
            try FileLock.take(file, isShared: true, makes: false) == nil
        else { return nil }
        guard let text = try? fileSystem.read(file) else { return nil }
        return "pid " + Self.line(text)
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    private static func line(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private static var process: String {
        "pid \(getpid()) on \(StateDirectoryLock.hostName)"
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(max(0, time.tv_nsec))
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
