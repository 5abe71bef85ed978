import Storage
import Synchronization

/// The topics of a broker and the logs of their partitions, in one directory.
///
/// ```
/// <directory>/catalogue                     all topics, durable before a call returns
/// <directory>/topics/<name>-<id>/<number>/  the log of a partition
/// ```
/// The catalogue decides: a topic's directory without an entry in it is what a deletion left over, and is
/// removed at the next start; one that is missing is made when its log is opened. Logs are opened when they
/// are first used, and share one pool of open files. Thread-safe.
final class TopicCatalogue: @unchecked Sendable {
    /// Partitions of all topics, at most.
    static let partitionLimit = 200_000

    private let directory: String
    let pool: OpenFiles
    private let defaults: LogSettings
    /// Milliseconds since the epoch.
    private let clock: @Sendable () -> Int64
    /// Called for each log that is opened and was not as it should be.
    private let reportRecovery: @Sendable (_ topic: String, _ partition: Int, RecoveryReport) -> Void

    private let lock = Mutex(())
    private var topics: [String: Topic] = [:]
    private var names: [Identifier: String] = [:]
    /// The topics as the file has them, by name.
    private var encoded: [(name: String, bytes: [UInt8])] = []
    private var logs: [Identifier: [Int: PartitionLog]] = [:]
    private var listeners: [Identifier: TopicListeners] = [:]
    /// Partitions whose files were made with those of their neighbours, and that nobody has used yet.
    var prepared: [Identifier: Set<Int>] = [:]
    /// What is done to a log before anybody else has it.
    typealias FirstUse = @Sendable (_ topic: String, _ partition: Int, PartitionLog) throws(LogError) -> Void

    private var firstUse: FirstUse?
    private var random = SystemRandomNumberGenerator()
    private let changes = Atomic<UInt64>(0)

    /// Opens the catalogue in a directory, which is made if it is not there.
    init(
        _ directory: String, _ files: any FileSystem, defaults: LogSettings = LogSettings(),
        openFiles: Int = OpenFiles.usualLimit, clock: @escaping @Sendable () -> Int64 = { 0 },
        reportRecovery: @escaping @Sendable (String, Int, RecoveryReport) -> Void = { _, _, _ in }
    ) throws(TopicError) {
        self.directory = directory
        self.defaults = defaults
        self.clock = clock
        self.reportRecovery = reportRecovery
        let path = Path.join(directory, "catalogue")
        let topicsDirectory = Path.join(directory, "topics")
        try TopicError.onDisk { () throws(StorageError) in try files.createDirectory(topicsDirectory) }
        pool = OpenFiles(files, directory: topicsDirectory, limit: openFiles)
        let bytes = try TopicError.onDisk { () throws(StorageError) -> [UInt8]? in
            return try files.status(path) == nil ? nil : try files.read(path)
        }
        if let bytes {
            guard let file = CatalogueFile(bytes) else { throw .corrupt(path: path) }
            for topic in file.topics {
                topics[topic.name] = topic
                names[topic.identifier] = topic.name
            }
            encoded = file.topics.map { ($0.name, CatalogueFile.encoded($0)) }.sorted { $0.name < $1.name }
        }
        let known = Set(topics.values.map(folder))
        try TopicError.onDisk { () throws(StorageError) in
            for entry in try files.list(topicsDirectory) where !known.contains(entry.name) {
                try removeFiles(below: Path.join(topicsDirectory, entry.name))
            }
        }
    }

    private func locked<Result>(_ body: () throws(TopicError) -> Result) throws(TopicError) -> Result {
        lock._unsafeLock()
        defer { lock._unsafeUnlock() }
        return try body()
    }

    // MARK: Looking

    /// By name.
    var all: [Topic] { lock.withLock { _ in topics.values.sorted { $0.name < $1.name } } }

    func topic(_ name: String) -> Topic? { lock.withLock { _ in topics[name] } }

    func topic(_ identifier: Identifier) -> Topic? {
        lock.withLock { _ in names[identifier].flatMap { topics[$0] } }
    }

    /// Tells one catalogue from another, as clients keep a cluster apart; made from the first topic's id.
    var clusterID: String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let identifier = topic("__consumer_offsets")?.identifier ?? .zero
        var text = ""
        for half in [identifier.high, identifier.low] {
            for place in 0..<11 { text.append(digits[Int(half >> (UInt64(place) * 6) & 63)]) }
        }
        return text
    }

    /// Another number after each change of a topic.
    var revision: UInt64 { changes.load(ordering: .acquiring) }

    var openFileCount: Int { pool.openCount }

    /// The log of a partition, opened now if nobody has asked for it yet.
    func log(_ name: String, _ partition: Int) throws(TopicError) -> PartitionLog {
        try locked { () throws(TopicError) in
            guard let topic = topics[name], (0..<topic.partitionCount).contains(partition) else {
                throw .unknown("\(name)-\(partition)")
            }
            return try log(of: topic, partition)
        }
    }

    /// As `log(_:_:)`, of exactly this topic and none that has its name later.
    func log(_ identifier: Identifier, _ partition: Int) throws(TopicError) -> PartitionLog {
        try locked { () throws(TopicError) in
            guard let topic = names[identifier].flatMap({ topics[$0] }),
                (0..<topic.partitionCount).contains(partition)
            else { throw .unknown("(partition \(partition))") }
            return try log(of: topic, partition)
        }
    }

    /// Under the lock.
    private func log(of topic: Topic, _ partition: Int) throws(TopicError) -> PartitionLog {
        if let log = logs[topic.identifier]?[partition] { return log }
        let path = Path.join(path(topic), String(partition))
        try prepare(topic, from: partition)
        let isFresh = prepared[topic.identifier]?.remove(partition) != nil
        do throws(LogError) {
            let log = try PartitionLog.open(
                path, pool, topic.configuration.logSettings(defaults), isFresh: isFresh)
            try log.takeBackUnfinished(now: clock())
            try firstUse?(topic.name, partition, log)
            log.listeners = topicListeners(topic.identifier)
            logs[topic.identifier, default: [:]][partition] = log
            if !log.report.isClean { reportRecovery(topic.name, partition, log.report) }
            return log
        } catch .storage(let error) {
            throw .storage(error)
        } catch {
            throw .storage(.unavailable(path: path, reason: "\(error)"))
        }
    }

    /// Sets what is done to each log that is opened from now on, before it is used; returns the open ones.
    ///
    /// It is called with the lock held, and does not use the catalogue.
    func beforeUse(_ body: @escaping FirstUse) -> [(topic: Topic, partition: Int, log: PartitionLog)] {
        lock.withLock { _ in
            firstUse = body
            return openLogsLocked
        }
    }

    /// Those who are told of news of a topic.
    func listeners(_ identifier: Identifier) -> TopicListeners {
        lock.withLock { _ in topicListeners(identifier) }
    }

    /// Under the lock.
    private func topicListeners(_ identifier: Identifier) -> TopicListeners {
        if let known = listeners[identifier] { return known }
        let made = TopicListeners()
        // A topic that is gone has no news.
        if names[identifier] != nil { listeners[identifier] = made }
        return made
    }

    /// The producer id of a writer in the process, the same whenever it is asked for; durable.
    func writerID(_ name: String, of identifier: Identifier) throws(TopicError) -> Int64 {
        try locked { () throws(TopicError) in
            guard var topic = names[identifier].flatMap({ topics[$0] }) else { throw .unknown(name) }
            if let known = topic.writers[name] { return known }
            let made = (topic.writers.values.max() ?? ProducerTable.firstWriterID - 1) + 1
            topic.writers[name] = made
            try save(replacing: topic.name, with: topic)
            return made
        }
    }

    /// Gives writers other names; their ids, and what they wrote, stay.
    func renameWriters(
        of name: String, _ rename: (String) -> String?
    ) throws(TopicError) {
        try locked { () throws(TopicError) in
            guard var topic = topics[name] else { throw .unknown(name) }
            for (writer, identifier) in topic.writers {
                guard let new = rename(writer) else { continue }
                topic.writers[writer] = nil
                topic.writers[new] = identifier
            }
            if topic != topics[name] { try save(replacing: name, with: topic) }
        }
    }

    /// Partitions whose log is not open, `limit` at most.
    func unopened(limit: Int) -> [(identifier: Identifier, partition: Int)] {
        lock.withLock { _ in
            var found: [(identifier: Identifier, partition: Int)] = []
            for topic in topics.values {
                for partition in 0..<topic.partitionCount
                where logs[topic.identifier]?[partition] == nil {
                    found.append((topic.identifier, partition))
                    if found.count == limit { return found }
                }
            }
            return found
        }
    }

    /// The logs that are open, for retention, compaction and flushing.
    var openLogs: [(topic: Topic, partition: Int, log: PartitionLog)] {
        lock.withLock { _ in openLogsLocked }
    }

    private var openLogsLocked: [(topic: Topic, partition: Int, log: PartitionLog)] {
        logs.flatMap { identifier, logs in
            guard let topic = names[identifier].flatMap({ topics[$0] }) else {
                return [(topic: Topic, partition: Int, log: PartitionLog)]()
            }
            return logs.map { (topic, $0.key, $0.value) }
        }
    }

    // MARK: Changing

    /// Checks all that `create` checks, and does nothing (`validate_only`).
    func validate(_ name: String, partitions: Int, _ values: [String: String] = [:]) throws(TopicError) {
        _ = try locked { () throws(TopicError) in try made(name, partitions, values) }
    }

    @discardableResult
    func create(
        _ name: String, partitions: Int, _ values: [String: String] = [:]
    ) throws(TopicError) -> Topic {
        try locked { () throws(TopicError) in
            let topic = try made(name, partitions, values)
            try save(replacing: name, with: topic)
            return topic
        }
    }

    private func made(
        _ name: String, _ partitions: Int, _ values: [String: String]
    ) throws(TopicError) -> Topic {
        if let reason = Topic.reasonAgainst(name: name) { throw .invalidName(name, reason: reason) }
        guard topics[name] == nil else { throw .exists(name) }
        try checkPartitions(partitions, more: partitions)
        do throws(TopicConfiguration.Refusal) {
            return Topic(
                name: name, identifier: .random(using: &random), partitionCount: partitions,
                configuration: try TopicConfiguration(values))
        } catch {
            throw .invalidConfiguration(error)
        }
    }

    private func checkPartitions(_ count: Int, more: Int) throws(TopicError) {
        guard count > 0 else { throw .invalidPartitions(reason: "a topic has one partition at least") }
        let all = topics.values.reduce(0) { $0 + $1.partitionCount }
        guard more <= TopicCatalogue.partitionLimit - all else {
            throw .invalidPartitions(
                reason: "with \(more) more the broker would have above \(TopicCatalogue.partitionLimit)")
        }
    }

    /// Gives the topic more partitions; their number never falls.
    func addPartitions(_ name: String, to count: Int) throws(TopicError) {
        try locked { () throws(TopicError) in
            guard var topic = topics[name] else { throw .unknown(name) }
            guard count > topic.partitionCount else {
                throw .invalidPartitions(reason: "\(name) has \(topic.partitionCount) partitions already")
            }
            try checkPartitions(count, more: count - topic.partitionCount)
            topic.partitionCount = count
            try save(replacing: name, with: topic)
        }
    }

    /// Sets some values, puts others (nil) back to their defaults; all or none.
    func configure(_ name: String, _ changes: [String: String?]) throws(TopicError) {
        try locked { () throws(TopicError) in
            guard var topic = topics[name] else { throw .unknown(name) }
            do throws(TopicConfiguration.Refusal) {
                for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
                    try topic.configuration.set(name, value)
                }
            } catch {
                throw .invalidConfiguration(error)
            }
            try save(replacing: name, with: topic)
            let settings = topic.configuration.logSettings(defaults)
            for log in (logs[topic.identifier] ?? [:]).values { log.configure(settings) }
        }
    }

    /// The topic is gone when this returns, also after a loss of power; its name is free.
    func delete(_ name: String) throws(TopicError) {
        let told = try locked { () throws(TopicError) -> TopicListeners? in
            guard let topic = topics[name] else { throw .unknown(name) }
            try save(replacing: name, with: nil)
            for log in (logs.removeValue(forKey: topic.identifier) ?? [:]).values { log.abandon() }
            prepared[topic.identifier] = nil
            // What cannot be removed now is removed at the next start.
            try? removeFiles(below: path(topic))
            return listeners.removeValue(forKey: topic.identifier)
        }
        // Readers find out that it is gone.
        told?.notify()
    }

    /// Writes all checkpoints and closes all logs. What cannot be written is found again by reading.
    func close() {
        lock.withLock { _ in
            PartitionLog.close(logs.values.flatMap(\.values))
            logs = [:]
        }
    }

    private func save(replacing name: String, with topic: Topic?) throws(TopicError) {
        var changed = encoded
        let place = Self.place(of: name, in: changed)
        if place < changed.count, changed[place].name == name { changed.remove(at: place) }
        if let topic { changed.insert((name, CatalogueFile.encoded(topic)), at: place) }
        let bytes = CatalogueFile.encoded(changed.map(\.bytes))
        try TopicError.onDisk { () throws(StorageError) in
            try pool.files.writeAtomically(bytes, to: Path.join(directory, "catalogue"))
        }
        encoded = changed
        if let old = topics[name] { names[old.identifier] = nil }
        topics[name] = topic
        if let topic { names[topic.identifier] = name }
        changes.add(1, ordering: .releasing)
    }

    /// Where the first topic stands that is not before the name.
    private static func place(of name: String, in topics: [(name: String, bytes: [UInt8])]) -> Int {
        var (low, high) = (0, topics.count)
        while low < high {
            let middle = (low + high) / 2
            if topics[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Files

    private func folder(_ topic: Topic) -> String {
        let digits = [topic.identifier.high, topic.identifier.low].map {
            let text = String($0, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }
        // The name for people; file names have 255 bytes at most.
        return String(topic.name.prefix(200)) + "-" + digits.joined()
    }

    func path(_ topic: Topic) -> String {
        Path.join(Path.join(directory, "topics"), folder(topic))
    }

    /// Empties the directories; they themselves stay, as `FileSystem` removes files only.
    private func removeFiles(below path: String) throws(StorageError) {
        guard try pool.files.status(path)?.isDirectory == true else { return }
        for entry in try pool.files.list(path) {
            let below = Path.join(path, entry.name)
            if entry.isDirectory { try removeFiles(below: below) } else { try pool.files.remove(below) }
        }
    }
}
