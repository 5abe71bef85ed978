import Columnar
import DeltaLake
import Diagnostics
import Runtime
import Storage

/// A bronze table that is replayed from: its data files at a version, held so that nobody takes them away.
///
/// The pipeline may go on writing, and cleaning up, meanwhile: each file gets a second name in a folder that
/// readers and cleaners pass over.
final class BronzeTable: @unchecked Sendable {
    /// A file with records.
    enum File: Sendable {
        /// A data file: with its snapshot, and its name in the store where that is another.
        case data(AddFile, Snapshot, place: String?)
        /// Dead letters of an epoch.
        case letters(path: String)
    }

    let plan: BronzePlan
    let table: DeltaTable
    private let fileSystem: any FileSystem
    private let folder: String
    /// Where the source's dead letters are; nil where bronze has all records.
    private let letterFolder: String?
    private var lastLetters: Int64 = 0
    /// The version up to which files were found.
    private(set) var version: Int64 = -1
    /// All files so far, in the order of being found.
    private(set) var files: [File] = []
    /// Names of the source's files, by number.
    private(set) var sources: [String] = []
    private var sourceNumbers: [String: Int32] = [:]

    /// - Parameters:
    ///   - folder: for second names; below the table's own folder.
    ///   - letterFolder: where the source's dead letters are; nil where bronze has all records.
    init(
        _ plan: BronzePlan, folder: String, letterFolder: String?, fileSystem: any FileSystem,
        environment: TableEnvironment
    ) throws(Diagnostic) {
        self.plan = plan
        self.folder = folder
        self.letterFolder = letterFolder
        self.fileSystem = fileSystem
        let store = LocalObjectStore(plan.options.path, in: fileSystem)
        table = try ReplayFailure.told { () throws(DeltaError) in
            try DeltaTable.open(store, environment: environment)
        }
        try checkColumns()
    }

    private func checkColumns() throws(Diagnostic) {
        let schema = table.snapshot.metadata.schema
        for name in plan.recordColumns + [plan.file, plan.offset] + [plan.clock].compactMap({ $0 }) {
            guard schema.index(of: name) == nil else { continue }
            throw Diagnostic(
                .schemaMismatch,
                "the table at \(plan.options.path) has no column \(name), which \(plan.sink.from.name) has",
                expected: "a table that was written with this column from its beginning",
                hint: "give the column of \(plan.sink.from.name) the name that it has in the table: "
                    + schema.fields.map(\.name).joined(separator: ", "))
        }
    }

    /// Finds the files that have come since the last call.
    ///
    /// - Parameters:
    ///   - application: the pipeline's name in the table.
    ///   - done: the last epoch that all sinks had before this was called.
    /// - Returns: their numbers, ascending.
    func find(application: String, done: Int64) throws(Diagnostic) -> Range<Int> {
        let first = files.count
        let (snapshot, found) = try ReplayFailure.told { () throws(DeltaError) -> (Snapshot, [AddFile]) in
            let snapshot = try table.refresh()
            if version < 0 { return (snapshot, snapshot.liveFiles) }
            return (snapshot, try table.filesAdded(after: version, upTo: snapshot))
        }
        // In the order in which they were written, for what nothing else decides.
        let sorted =
            version < 0
            ? found.sorted { ($0.modificationTime, $0.path) < ($1.modificationTime, $1.path) } : found
        for add in sorted {
            files.append(.data(add, snapshot, place: try hold(add, number: files.count)))
        }
        version = snapshot.version
        try findLetters(upTo: max(done, snapshot.lastCommitted(application) ?? 0))
        return first..<files.count
    }

    /// Dead letters are written before the sinks commit: those of an epoch that bronze lacks do not count.
    private func findLetters(upTo last: Int64) throws(Diagnostic) {
        guard let letterFolder else { return }
        for (epoch, path) in try DeadLetterRecords.files(of: plan.source.name, in: letterFolder, fileSystem)
        where epoch > lastLetters && epoch <= last {
            files.append(.letters(path: path))
        }
        lastLetters = max(lastLetters, last)
    }

    func isOfBronze(_ run: BronzeRun) -> Bool {
        if case .data = files[Int(run.file)] { true } else { false }
    }

    /// The files of dead letters that were found.
    var letterFiles: [String] {
        files.compactMap { if case .letters(let path) = $0 { path } else { nil } }
    }

    /// Gives the file a second name; nil where the file system knows no such thing, and then it stays as it
    /// is.
    private func hold(_ add: AddFile, number: Int) throws(Diagnostic) -> String? {
        guard let name = try? table.fileName(add) else { return nil }
        let held = "bronze-\(number).parquet"
        do throws(StorageError) {
            try fileSystem.createDirectory(Path.join(plan.options.path, folder))
            let target = Path.join(Path.join(plan.options.path, folder), held)
            if try fileSystem.status(target) != nil { try fileSystem.remove(target) }
            try fileSystem.link(Path.join(plan.options.path, name), to: target)
            return Path.join(folder, held)
        } catch .missing {
            throw Diagnostic(
                .conflict, "a data file of the table at \(plan.options.path) went before it could be read",
                expected: "files that stay for as long as a replay takes to find them",
                hint: "raise the sink's 'retention' and replay again")
        } catch {
            return nil
        }
    }

    func reader(of number: Int, columns: [String]) throws(Diagnostic) -> BronzeFileReader {
        switch files[number] {
        case .data(let add, let snapshot, let place):
            return .data(
                try ReplayFailure.told { () throws(DeltaError) in
                    try table.reader(of: add, in: snapshot, columns: columns, at: place)
                })
        case .letters(let path):
            return .letters(try DeadLetterRecords(path, of: plan, fileSystem).batches(columns))
        }
    }

    // MARK: The order of rows

    /// The runs of some files, by file, as they lie there.
    func runs(of numbers: Range<Int>, _ workers: WorkerPool) throws(Diagnostic) -> [[BronzeRun]] {
        let results = IndexResults(count: numbers.count)
        workers.forEach(numbers.count) { index in
            do throws(Diagnostic) {
                results.set(index, .success(try BronzeIndex(self, file: numbers.lowerBound + index)))
            } catch {
                results.set(index, .failure(error))
            }
        }
        var all: [[BronzeRun]] = []
        for index in 0..<numbers.count {
            let found = try results.get(index)
            let numbers = found.sources.map(number(ofSource:))
            all.append(
                found.runs.map { run in
                    var run = run
                    run.source = numbers[Int(run.source)]
                    return run
                })
        }
        return all
    }

    private func number(ofSource name: String) -> Int32 {
        if let known = sourceNumbers[name] { return known }
        let number = Int32(sources.count)
        sources.append(name)
        sourceNumbers[name] = number
        return number
    }

    /// The offsets of a run's records.
    func offsets(of run: BronzeRun) throws(Diagnostic) -> ArraySlice<Int64> {
        if let last = lastOffsets, last.file == run.file, last.group == run.group {
            return last.values[Int(run.row)..<Int(run.row + run.count)]
        }
        let reader = try reader(of: Int(run.file), columns: [plan.offset])
        let batches = try reader.read(Int(run.group))
        var values: [Int64] = []
        for batch in batches {
            values += UnsafeBufferPointer(start: batch.columns[0].int64s, count: batch.count)
        }
        lastOffsets = (run.file, run.group, values)
        return values[Int(run.row)..<Int(run.row + run.count)]
    }

    private var lastOffsets: (file: Int32, group: Int32, values: [Int64])?
}

/// Reads a file with records, row group by row group.
enum BronzeFileReader {
    case data(DataFileReader)
    /// All of it is one group.
    case letters([Batch])

    var groupCount: Int {
        switch self {
        case .data(let reader): reader.groupCount
        case .letters: 1
        }
    }

    func read(_ group: Int) throws(Diagnostic) -> [Batch] {
        switch self {
        case .data(let reader):
            return try ReplayFailure.told { () throws(DeltaError) in try reader.read(group) }
        case .letters(let batches): return batches
        }
    }
}

/// What threads found in files.
private final class IndexResults: @unchecked Sendable {
    private var results: [Result<BronzeIndex, Diagnostic>?]
    private let monitor = Monitor()

    init(count: Int) { results = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ result: Result<BronzeIndex, Diagnostic>) {
        monitor.withLock { results[index] = result }
    }

    func get(_ index: Int) throws(Diagnostic) -> BronzeIndex {
        guard let result = monitor.withLock({ results[index] }) else {
            preconditionFailure("each file was looked at")
        }
        return try result.get()
    }
}

/// Turns what goes wrong with a table or a file into what a person reads.
enum ReplayFailure {
    static func told<Result>(_ body: () throws(DeltaError) -> Result) throws(Diagnostic) -> Result {
        do throws(DeltaError) { return try body() } catch { throw error.diagnostic }
    }

    static func stored<Result>(_ body: () throws(StorageError) -> Result) throws(Diagnostic) -> Result {
        do throws(StorageError) { return try body() } catch {
            throw Diagnostic(.io, "\(error.path): \(error.reason)")
        }
    }
}
