import DeltaLake
import Diagnostics
import Storage

/// Puts what a replay has rebuilt in the place of what is there: each table by one commit, then the state.
///
/// Belongs to whoever holds the state directory's lock. Readers see of each table the former or the rebuilt
/// rows; the pipeline goes on from the rebuilt state only when all tables have theirs.
public struct ReplaySwap {
    private let places: ReplayPlaces
    private let journal: ReplayJournal
    private let fileSystem: any FileSystem
    private let environment: TableEnvironment

    init(
        _ places: ReplayPlaces, _ journal: ReplayJournal, fileSystem: any FileSystem,
        environment: TableEnvironment
    ) {
        self.places = places
        self.journal = journal
        self.fileSystem = fileSystem
        self.environment = environment
    }

    /// Finishes a swap that was begun and not finished; false when there is none.
    ///
    /// The caller holds the state directory's lock.
    @discardableResult
    public static func finishPending(
        in stateDirectory: String, fileSystem: any FileSystem, environment: TableEnvironment = .system
    ) throws(Diagnostic) -> Bool {
        let places = ReplayPlaces(state: stateDirectory)
        guard let journal = try ReplayJournal.read(places.journal, fileSystem) else { return false }
        try ReplaySwap(places, journal, fileSystem: fileSystem, environment: environment).run()
        return true
    }

    /// Removes what a replay has left that died before its journal, unless one is at work.
    public static func removeLeftovers(in stateDirectory: String, fileSystem: any FileSystem) {
        let places = ReplayPlaces(state: stateDirectory)
        guard ((try? fileSystem.status(places.staged)) ?? nil) != nil else { return }
        var owner = ""
        guard let lock = try? StateDirectoryLock.ifFree(places.folder, owner: &owner) else { return }
        places.clean(fileSystem)
        withExtendedLifetime(lock) {}
    }

    /// All steps from the journal on. May be called again after it threw or was cut off.
    func run() throws(Diagnostic) {
        for table in journal.tables { try swap(table) }
        do throws(StorageError) {
            try swapState()
            try swapLetters()
            try ReplayMarker(epoch: journal.epoch, request: journal.request).write(
                to: places.state, fileSystem)
            try fileSystem.remove(places.journal)
            try fileSystem.synchroniseDirectory(places.folder)
        } catch {
            throw Diagnostic(
                .io, "the rebuilt state can't take its place: \(error.path): \(error.reason)",
                hint: "mend that and run the pipeline or the replay again: the swap is finished then")
        }
        places.clean(fileSystem)
    }

    // MARK: Tables

    private func swap(_ entry: ReplayJournal.Table) throws(Diagnostic) {
        let application = SinkIdentity(instance: journal.instance, sink: entry.sink).appId
        let store = LocalObjectStore(entry.path, in: fileSystem)
        let rebuilt = LocalObjectStore(ReplayPlaces.rebuilt(entry.path), in: fileSystem)
        try ReplayFailure.told { () throws(DeltaError) in
            let live = try DeltaTable.openIfPresent(store, environment: environment)
            if let done = live?.lastCommitted(application), done >= journal.epoch { return }
            let source = try DeltaTable.open(rebuilt, environment: environment)
            let snapshot = source.snapshot
            try place(snapshot, of: source, in: entry.path)
            var made = live
            if made == nil { made = try make(store, like: snapshot) }
            guard let table = made else { return }
            let reason = ["from": journal.from, "queryId": application, "epochId": String(journal.epoch)]
            if entry.isAppended {
                _ = try table.appendRows(
                    of: snapshot, application: application, step: journal.epoch, reason: reason)
            } else {
                _ = try table.replaceRows(
                    with: snapshot, application: application, step: journal.epoch, reason: reason)
            }
            // Somebody who cleans up may have taken a file that no version knew of yet.
            try place(snapshot, of: source, in: entry.path)
        }
    }

    private func make(_ store: any ObjectStore, like snapshot: Snapshot) throws(DeltaError) -> DeltaTable {
        let metadata = snapshot.metadata
        return try DeltaTable.openOrCreate(
            store,
            TableDefinition(
                schema: try metadata.schema.columns(at: store.location),
                partitionColumns: metadata.partitionColumns, properties: metadata.configuration),
            environment: environment)
    }

    /// Gives the rebuilt data files their names in the table's folder; those that have them keep them.
    private func place(
        _ snapshot: Snapshot, of source: DeltaTable, in path: String
    ) throws(DeltaError) {
        var folders: Set<String> = []
        for file in snapshot.liveFiles {
            let name = try source.fileName(file)
            let target = Path.join(path, name)
            do throws(StorageError) {
                let folder = Path.directory(of: target)
                if folders.insert(folder).inserted { try fileSystem.createDirectory(folder) }
                try link(Path.join(ReplayPlaces.rebuilt(path), name), to: target)
            } catch {
                throw Self.failure(error)
            }
        }
        do throws(StorageError) {
            for folder in folders { try fileSystem.synchroniseDirectory(folder) }
        } catch {
            throw Self.failure(error)
        }
    }

    private func link(_ path: String, to target: String) throws(StorageError) {
        do throws(StorageError) {
            try fileSystem.link(path, to: target)
        } catch .exists {
            return
        } catch .unavailable(let place, let reason) {
            // A file system without second names: the file moves, and is there only once.
            guard try fileSystem.status(path) != nil else {
                if try fileSystem.status(target) != nil { return }
                throw .unavailable(path: place, reason: reason)
            }
            try fileSystem.rename(path, to: target)
        } catch .missing {
            if try fileSystem.status(target) == nil { throw .missing(path: path) }
        }
    }

    private static func failure(_ error: StorageError) -> DeltaError {
        .unavailable(
            Diagnostic(
                .io, "a rebuilt data file can't take its place: \(error.path): \(error.reason)",
                hint: "mend that and run the pipeline or the replay again: the swap is finished then"))
    }

    // MARK: State

    private func swapState() throws(StorageError) {
        try fileSystem.createDirectory(places.former)
        for part in ["log", "state"] {
            let rebuilt = Path.join(places.task, part)
            guard try fileSystem.status(rebuilt) != nil else { continue }
            let current = Path.join(places.state, part)
            if try fileSystem.status(current) != nil {
                try fileSystem.rename(current, to: Path.join(places.former, part))
                try fileSystem.synchroniseDirectory(places.former)
            }
            try fileSystem.rename(rebuilt, to: current)
            try fileSystem.synchroniseDirectory(places.state)
        }
    }

    /// All records that were set aside before have been judged anew.
    private func swapLetters() throws(StorageError) {
        for letters in journal.letters {
            do throws(Diagnostic) {
                let former = try DeadLetterRecords.files(
                    of: letters.source, in: letters.folder, fileSystem)
                for (epoch, path) in former where epoch < journal.epoch { try? fileSystem.remove(path) }
            } catch {
                throw .unavailable(path: letters.folder, reason: error.message)
            }
            let rebuilt = Path.join(places.task, letters.file)
            guard try fileSystem.status(rebuilt) != nil else { continue }
            try fileSystem.createDirectory(letters.folder)
            try move(rebuilt, to: Path.join(letters.folder, letters.file))
            try fileSystem.synchroniseDirectory(letters.folder)
        }
    }

    /// Also from one file system to another; whole or not at all.
    private func move(_ path: String, to target: String) throws(StorageError) {
        do throws(StorageError) {
            try fileSystem.rename(path, to: target)
        } catch .unavailable {
            let bytes = try fileSystem.read(path)
            let copy = try fileSystem.create(target + ".tmp")
            defer { copy.close() }
            try copy.write(bytes)
            try copy.synchronise()
            try fileSystem.rename(target + ".tmp", to: target)
            try fileSystem.remove(path)
        }
    }
}
