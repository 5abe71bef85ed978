import Diagnostics
import Formats
import Parquet
import Storage

/// Reads a table's log from its store into snapshots.
struct LogReader: Sendable {
    let store: any ObjectStore

    private var location: String { store.location }

    /// The table at `version`, or at its last one; nil when there is no table.
    func load(at version: Int64? = nil) throws(DeltaError) -> Snapshot? {
        var files = try list(from: version == nil ? lastCheckpointHint() : nil)
        // A hint may point behind what is there: then the whole log decides.
        if files.isEmpty { files = try list(from: nil) }
        guard let newest = files.map(\.file.version).max() else { return nil }
        let wanted = version ?? newest
        guard wanted <= newest, wanted >= 0 else { throw missing(version: wanted, newest: newest) }
        let commits = CommitFiles(files.map(\.file))
        var failure: DeltaError?
        for checkpoint in LogReader.checkpoints(files, upTo: wanted) {
            do throws(DeltaError) {
                var replay = Snapshot.Replay()
                for name in checkpoint.names {
                    replay.apply(try CheckpointReader(store: store).actions(of: name))
                }
                return try replayCommits(after: checkpoint.version, to: wanted, commits, replay)
            } catch {
                // An older checkpoint, or the commits alone, may still tell the whole.
                if case .unavailable = error { throw error }
                failure = failure ?? error
            }
        }
        guard commits.versions.contains(0) else {
            if let failure { throw failure }
            throw .corrupt(
                "the log of the table at \(location) begins at version \(commits.versions.min() ?? newest), "
                    + "without a checkpoint",
                hint: version == nil ? nil : "ask for a later version")
        }
        return try replayCommits(after: -1, to: wanted, commits, Snapshot.Replay())
    }

    private func replayCommits(
        after base: Int64, to version: Int64, _ commits: CommitFiles, _ start: Snapshot.Replay
    ) throws(DeltaError) -> Snapshot {
        var replay = start
        var next = base + 1
        while next <= version {
            // A listing beside busy writers can miss a name that is there: the file itself decides.
            guard let actions = try commit(next) else {
                // Commits are what counts; their joined form stands in for those that are gone.
                guard let last = commits.compactedEnd(from: next, atMost: version) else {
                    throw .corrupt("the log of the table at \(location) lacks version \(next)")
                }
                replay.apply(try compacted(next, last))
                next = last + 1
                continue
            }
            replay.apply(actions)
            next += 1
        }
        return try Snapshot(replay, version: version, checkpointVersion: base, at: location)
    }

    /// What the commits of some versions have changed in all.
    ///
    /// Of several actions for one file the first counts: some writers put them in one after another, the
    /// newest first.
    private func compacted(_ first: Int64, _ last: Int64) throws(DeltaError) -> [Action] {
        let name = LogFile.compactedName(first, last)
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try store.get(name)
        } catch {
            throw .storage(error, doing: "reading the log")
        }
        var seen: Set<String> = []
        return try Action.parse(commit: bytes, name: Path.join(location, name)).filter { action in
            switch action {
            case .add(let file): return seen.insert("file " + file.key).inserted
            case .remove(let file): return seen.insert("file " + file.key).inserted
            case .metadata: return seen.insert("metadata").inserted
            case .tableProtocol: return seen.insert("protocol").inserted
            case .transaction(let value): return seen.insert("txn " + value.appId).inserted
            case .domain(let value): return seen.insert("domain " + value.domain).inserted
            case .commitInfo, .other: return false
            }
        }
    }

    /// The actions of a commit; nil when there is no such version.
    func commit(_ version: Int64) throws(DeltaError) -> [Action]? {
        guard let bytes = try bytes(of: version) else { return nil }
        return try Action.parse(commit: bytes, name: Path.join(location, LogFile.commitName(version)))
    }

    func bytes(of version: Int64) throws(DeltaError) -> [UInt8]? {
        do throws(StorageError) {
            return try store.get(LogFile.commitName(version))
        } catch .missing {
            return nil
        } catch {
            throw .storage(error, doing: "reading the log")
        }
    }

    /// All files of the log from a version on, in the order of their names.
    func list(from version: Int64?) throws(DeltaError) -> [(file: LogFile, object: StoredObject)] {
        do throws(StorageError) {
            let after = version.map { LogFile.start(of: $0) }
            return try store.list(prefix: LogFile.folder, after: after).compactMap { object in
                LogFile(name: object.name).map { ($0, object) }
            }
        } catch {
            throw .storage(error, doing: "listing the log")
        }
    }

    /// The version that `_last_checkpoint` names, if it can be read: it only saves listing.
    private func lastCheckpointHint() throws(DeltaError) -> Int64? {
        do throws(StorageError) {
            return JSONValue.parse(try store.get(LogFile.lastCheckpoint))?["version"]?.int64
        } catch .missing {
            return nil
        } catch {
            throw .storage(error, doing: "reading the log")
        }
    }

    private struct Checkpoint {
        let version: Int64
        let names: [String]
    }

    /// The complete checkpoints up to a version, the newest first.
    private static func checkpoints(
        _ files: [(file: LogFile, object: StoredObject)], upTo limit: Int64
    ) -> [Checkpoint] {
        var found: [Checkpoint] = []
        var parts: [Int64: [Int: [String]]] = [:]
        for (file, object) in files where file.version <= limit {
            switch file {
            case .commit, .compacted: break
            case .checkpoint(let version), .namedCheckpoint(let version, _):
                found.append(Checkpoint(version: version, names: [object.name]))
            case .checkpointPart(let version, _, let count):
                parts[version, default: [:]][count, default: []].append(object.name)
            }
        }
        for (version, sets) in parts {
            for (count, names) in sets where names.count == count {
                found.append(Checkpoint(version: version, names: names))
            }
        }
        return found.sorted { $0.version > $1.version }
    }

    private func missing(version: Int64, newest: Int64) -> DeltaError {
        .missing(
            Diagnostic(
                .notFound, "the table at \(location) has no version \(version)",
                expected: "a version from 0 to \(newest)"))
    }

    // MARK: Time travel

    /// The last version committed at or before a time, in milliseconds since the epoch.
    ///
    /// A commit's time is that of its file, as Delta has it, but never before the one of the commit before
    /// it; or the one that it tells itself, where the table asks for that.
    /// - Parameter toldFrom: the version from which on commits tell their time; nil where they do not.
    func version(at timestamp: Int64, toldFrom: Int64? = nil) throws(DeltaError) -> Int64 {
        var found: Int64?
        var first: Int64?
        var time = Int64.min
        for (file, object) in try list(from: nil) {
            guard case .commit(let version) = file else { continue }
            var own = object.modified
            if let toldFrom, version >= toldFrom, let actions = try commit(version),
                let told = CommitInfo.inCommitTimestamp(of: actions)
            {
                own = told
            }
            // Equal times happen: commits are then told apart by a millisecond each.
            time = time == .min ? own : max(own, time + 1)
            if first == nil { first = time }
            if time <= timestamp { found = version }
        }
        guard let found else {
            throw .missing(
                Diagnostic(
                    .notFound, "the table at \(location) has no version from that time or before",
                    hint: first.map { "its first version is of \(LogTime.text($0))" }))
        }
        return found
    }
}
