import Diagnostics

/// The state of a table at a version: the outcome of all actions up to it.
///
/// A value: replaying a commit needs no I/O. The order of actions within a commit does not matter, but that a
/// file which is removed and added by one commit is there after it.
public struct Snapshot: Sendable {
    public private(set) var version: Int64
    public private(set) var tableProtocol: TableProtocol
    public private(set) var metadata: TableMetadata
    /// Data files by key.
    private(set) var files: [String: AddFile]
    /// Files that were removed, for those who clean up.
    private(set) var removed: [String: RemoveFile]
    /// How far each application has come.
    public private(set) var transactions: [String: SetTransaction]
    private(set) var domains: [String: DomainMetadata]
    /// The checkpoint that it was read from; -1 when it was read from commits alone.
    let checkpointVersion: Int64

    /// The data files, in the order of their paths.
    public var liveFiles: [AddFile] { files.values.sorted { $0.key < $1.key } }
    public var fileCount: Int { files.count }

    /// The step that the application has last committed; nil when it has committed none.
    public func lastCommitted(_ appId: String) -> Int64? { transactions[appId]?.version }

    /// The feature by which readers of Parquet files that find columns by name can't read the table, even
    /// where they are told its physical names and deleted rows; nil where they can.
    public var hindranceToParquetReaders: String? {
        metadata.columnMapping == .id ? "columnMapping by id" : nil
    }

    /// Applies the commit that follows `version`.
    mutating func apply(_ actions: [Action], version next: Int64) {
        var replay = Replay(snapshot: self)
        // One owner of the dictionaries at a time: else each commit would copy them.
        files = [:]
        removed = [:]
        transactions = [:]
        replay.apply(actions)
        files = replay.files
        removed = replay.removed
        transactions = replay.transactions
        domains = replay.domains
        if let changed = replay.tableProtocol { tableProtocol = changed }
        if let changed = replay.metadata { metadata = changed }
        version = next
    }

    /// Forgets removed files older than `timestamp`, as a checkpoint may.
    mutating func forgetRemoved(before timestamp: Int64) {
        removed = removed.filter { ($0.value.deletionTimestamp ?? 0) >= timestamp }
    }

    /// A removed file is remembered for those who clean up, who else go by its age. The files of tables with
    /// keys live for seconds: nearly as young as their removal, they need no remembering, and there are
    /// millions.
    /// - Returns: milliseconds; a file that lived for less is forgotten with its removal.
    static func shortLife(of metadata: TableMetadata?) -> Int64 {
        (metadata.map { TableProperties.deletedFileRetention($0) } ?? TableProperties.defaultRetention) / 64
    }

    /// State while a log is read, which may lack protocol and metadata until its end.
    struct Replay {
        var tableProtocol: TableProtocol?
        var metadata: TableMetadata?
        var files: [String: AddFile] = [:]
        var removed: [String: RemoveFile] = [:]
        var transactions: [String: SetTransaction] = [:]
        var domains: [String: DomainMetadata] = [:]

        init() {}

        init(snapshot: Snapshot) {
            metadata = snapshot.metadata
            files = snapshot.files
            removed = snapshot.removed
            transactions = snapshot.transactions
            domains = snapshot.domains
        }

        mutating func apply(_ actions: [Action]) {
            let shortLife = Snapshot.shortLife(of: metadata)
            // Removals first: a file that one commit removes and adds again is there.
            for action in actions {
                guard case .remove(let file) = action else { continue }
                let life = files.removeValue(forKey: file.key).flatMap { added in
                    file.deletionTimestamp.map { $0 - added.modificationTime }
                }
                if let life, life < shortLife { continue }
                removed[file.key] = file
            }
            for action in actions {
                switch action {
                case .tableProtocol(let value): tableProtocol = value
                case .metadata(let value): metadata = value
                case .add(let file):
                    files[file.key] = file
                    removed[file.key] = nil
                case .transaction(let value): transactions[value.appId] = value
                case .domain(let value): domains[value.domain] = value.isRemoved ? nil : value
                case .remove, .commitInfo, .other: break
                }
            }
        }
    }

    init(
        _ replay: Replay, version: Int64, checkpointVersion: Int64, at location: String
    ) throws(DeltaError) {
        guard let tableProtocol = replay.tableProtocol else {
            throw .corrupt("the log of the table at \(location) has no protocol up to version \(version)")
        }
        guard let metadata = replay.metadata else {
            throw .corrupt("the log of the table at \(location) has no metaData up to version \(version)")
        }
        self.version = version
        self.checkpointVersion = checkpointVersion
        self.tableProtocol = tableProtocol
        self.metadata = metadata
        files = replay.files
        removed = replay.removed
        transactions = replay.transactions
        domains = replay.domains
    }
}
