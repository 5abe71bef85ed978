import Columnar
import Diagnostics
import Formats

/// The live files of a table with keys, and the map from key to file: a cache, rebuilt from the table at any
/// time.
struct KeyedFiles {
    private(set) var files: [KeyedFile] = []
    private var idByKey: [String: Int32] = [:]
    private(set) var map = KeyMap()
    /// Keys in the map whose files are sealed or gone.
    private var staleKeys = 0
    /// The latest time in the keys of any sealed file: a key behind it is in none of them.
    private(set) var lastSealedTime = Int64.min
    private let keyFields: [Field]
    /// Which of the key columns is a time: the window column, or else the first TIMESTAMP.
    let timeColumn: Int?

    let reader: TableReader
    let keyColumns: [Int]
    let windowColumn: Int?
    let seed: Fingerprint
    /// Whose keys these are.
    let owner: SinkIdentity

    init(
        reader: TableReader, keyColumns: [Int], windowColumn: Int?, seed: Fingerprint, owner: SinkIdentity
    ) {
        self.owner = owner
        self.reader = reader
        self.keyColumns = keyColumns
        self.windowColumn = windowColumn
        self.seed = seed
        keyFields = keyColumns.map { reader.schema[$0] }
        timeColumn =
            keyColumns.firstIndex { $0 == windowColumn }
            ?? keyFields.firstIndex { $0.type == .timestamp }
    }

    /// Ids of the live files, oldest first.
    var live: [Int32] { files.indices.filter { files[$0].isLive }.map { Int32($0) } }

    /// Brings the files in line with a snapshot: forgets those that went, reads the keys of those that came.
    mutating func synchronise(_ snapshot: Snapshot, sealBefore: Int64?) throws(DeltaError) {
        let present = snapshot.files
        for (key, id) in idByKey where present[key] == nil { drop(id, leavesKeys: true) }
        for (key, add) in present.sorted(by: { $0.key < $1.key }) where idByKey[key] == nil {
            // Its keys are another task's.
            if let other = add.owner, owner.isPeer(instance: other) { continue }
            let stats = add.stats.flatMap { JSONValue.parse($0) }
            let windows = self.windows(add, stats)
            if let windows, let sealBefore, windows.upperBound < sealBefore,
                let rows = stats?["numRecords"]?.int64
            {
                var file = KeyedFile(add, rowCount: Int(truncatingIfNeeded: rows), windows: windows)
                seal(&file)
                insert(file)
            } else {
                let keys = try keys(of: add)
                let id = insert(KeyedFile(add, rowCount: keys.count, windows: windows))
                for key in keys { map.set(key, to: id) }
            }
        }
    }

    /// Whether only this writer's keys are in the file.
    func isOwn(_ id: Int32) -> Bool {
        owner.service == nil || files[Int(id)].add.owner == owner.instance
    }

    /// The bounds of the window column in the file.
    private func windows(_ add: AddFile, _ stats: JSONValue?) -> ClosedRange<Int64>? {
        guard let windowColumn, let stats else { return nil }
        let field = reader.schema[windowColumn]
        guard stats["nullCount"]?[field.name]?.int64 == 0,
            let bounds = FileStats.bounds(stats, column: field.name, type: field.type),
            case .timestamp(let low) = bounds.minimum, case .timestamp(let high) = bounds.maximum, low <= high
        else { return nil }
        return low...high
    }

    /// The keys of a file's rows, in their order.
    private func keys(of add: AddFile) throws(DeltaError) -> [Fingerprint] {
        var result: [Fingerprint] = []
        for batch in try reader.read(add, columns: keyColumns) {
            result += fingerprints(batch.columns, count: batch.count)
        }
        return result
    }

    /// - Parameter columns: the key columns.
    func fingerprints(_ columns: [Column], count: Int) -> [Fingerprint] {
        RowKeys.fingerprints(columns, count: count, seed: seed)
    }

    @discardableResult mutating func insert(_ file: KeyedFile) -> Int32 {
        let id = Int32(files.count)
        files.append(file)
        idByKey[file.add.key] = id
        return id
    }

    /// - Parameter leavesKeys: whether the map still has the file's keys; those of a sealed file are counted
    ///   already.
    private mutating func drop(_ id: Int32, leavesKeys: Bool) {
        let file = files[Int(id)]
        files[Int(id)].isLive = false
        if leavesKeys, !file.isSealed { staleKeys += file.rowCount }
        idByKey[file.add.key] = nil
    }

    /// The live file that holds the key's row, if the key is in the map.
    func file(of key: Fingerprint) -> Int32? {
        guard let id = map[key], files[Int(id)].isLive else { return nil }
        return id
    }

    // MARK: Sealing

    /// Seals the files whose windows all lie before `boundary`; their keys are forgotten when they are many.
    mutating func seal(before boundary: Int64) {
        for index in files.indices where files[index].isLive && !files[index].isSealed {
            guard let windows = files[index].windows, windows.upperBound < boundary else { continue }
            var file = files[index]
            seal(&file)
            files[index] = file
            staleKeys += files[index].rowCount
        }
        guard staleKeys > 8192, staleKeys * 4 > map.count else { return }
        let files = files
        map.keep { files[Int($0)].isLive && !files[Int($0)].isSealed }
        staleKeys = 0
    }

    /// Reads the keys of a sealed file into the map again: a key that may be in it has changed after all.
    mutating func unseal(_ id: Int32) throws(DeltaError) {
        for key in try keys(of: files[Int(id)].add) { map.set(key, to: id) }
        files[Int(id)].unseal()
    }

    private mutating func seal(_ file: inout KeyedFile) {
        file.seal(keys: keyFields, timeColumn: timeColumn)
        lastSealedTime = max(lastSealedTime, file.times?.upperBound ?? .max)
    }

    /// Whether any sealed file can hold a key of this time; nil when the key has none.
    func isSealedTime(_ time: Int64?) -> Bool {
        lastSealedTime != .min && (time.map { $0 <= lastSealedTime } ?? true)
    }

    /// The sealed files that may hold a key, by their bounds.
    /// - Parameters:
    ///   - key: the values of the key columns.
    ///   - time: the key's time, if it has one.
    func sealedFiles(for key: [Value], time: Int64?) -> [Int32] {
        files.indices.filter { index in
            let file = files[index]
            guard file.isLive, file.isSealed else { return false }
            if let time, let times = file.times, !times.contains(time) { return false }
            return file.mayHold(key)
        }.map { Int32($0) }
    }

    // MARK: After a commit

    /// Takes in what a commit of our own made of the files.
    mutating func replace(
        _ removed: Set<Int32>, with written: [KeyedOutput.Written], deleted: [Fingerprint], sealBefore: Int64?
    ) {
        for id in removed { drop(id, leavesKeys: false) }
        for key in deleted { map.remove(key) }
        for output in written {
            var file = KeyedFile(output.file.add, rowCount: output.file.rowCount, windows: output.windows)
            if let sealBefore, let windows = output.windows, windows.upperBound < sealBefore {
                seal(&file)
                insert(file)
                for key in output.keys { map.remove(key) }
            } else {
                let id = insert(file)
                for key in output.keys { map.set(key, to: id) }
            }
        }
        compactIds()
    }

    /// Numbers the files anew when most of them are gone, so that the list does not grow for ever.
    private mutating func compactIds() {
        let alive = files.reduce(0) { $0 + ($1.isLive ? 1 : 0) }
        guard files.count > 1024, files.count > alive * 4 else { return }
        var moved = [Int32](repeating: -1, count: files.count)
        var kept: [KeyedFile] = []
        for index in files.indices where files[index].isLive {
            moved[index] = Int32(kept.count)
            kept.append(files[index])
        }
        map.renumber { moved[Int($0)] }
        files = kept
        idByKey = [:]
        for (index, file) in kept.enumerated() { idByKey[file.add.key] = Int32(index) }
    }
}
