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
        let commits = Set(
            files.compactMap { if case .commit(let version) = $0.file { version } else { nil } })
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
        guard commits.contains(0) else {
            if let failure { throw failure }
            throw .corrupt(
                "the log of the table at \(location) begins at version \(commits.min() ?? newest), "
                    + "without a checkpoint",
                hint: version == nil ? nil : "ask for a later version")
        }
        return try replayCommits(after: -1, to: wanted, commits, Snapshot.Replay())
    }

    private func replayCommits(
        after base: Int64, to version: Int64, _ commits: Set<Int64>, _ start: Snapshot.Replay
    ) throws(DeltaError) -> Snapshot {
        var replay = start
        var next = base + 1
        while next <= version {
            guard commits.contains(next) else {
                throw .corrupt("the log of the table at \(location) lacks version \(next)")
            }
            guard let actions = try commit(next) else {
                throw .corrupt("the log of the table at \(location) lost version \(next) while it was read")
            }
            replay.apply(actions)
            next += 1
        }
        return try Snapshot(replay, version: version, checkpointVersion: base, at: location)
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
            case .commit: break
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
    /// it.
    func version(at timestamp: Int64) throws(DeltaError) -> Int64 {
        var found: Int64?
        var first: Int64?
        var time = Int64.min
        for (file, object) in try list(from: nil) {
            guard case .commit(let version) = file else { continue }
            // Equal times happen: commits are then told apart by a millisecond each.
            time = time == .min ? object.modified : max(object.modified, time + 1)
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
