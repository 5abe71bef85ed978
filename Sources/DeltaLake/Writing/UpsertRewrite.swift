import Columnar
import Diagnostics

/// One epoch's change of a table with keys: which files it touches, and what they become.
struct UpsertRewrite {
    /// The changed rows with the table's columns, one for each key.
    private let changed: Batch
    private let changedKeys: [Fingerprint]
    let deletedKeys: [Fingerprint]
    /// Key columns of the deleted rows.
    private let deleted: Batch
    /// All changed and deleted keys: `isChanged` or `isDeleted`.
    private let gone: KeyMap
    /// nil where the table wants no change data feed.
    private var feed: ChangeFeedOutput?
    private(set) var feedFiles: [PendingFile] = []
    private(set) var rewritten: Set<Int32> = []
    private(set) var written: [KeyedOutput.Written] = []
    private var placer: DataFilePlacer
    /// Of files that may hold keys of other tasks.
    private var sharedPlacer: DataFilePlacer

    init(
        _ state: UpsertState, upserts: [Batch], deletes: [Batch], placer: DataFilePlacer
    ) throws(DeltaError) {
        self.placer = placer
        sharedPlacer = placer
        if state.files.owner.service != nil {
            self.placer.tags = AddFile.tags(ofOwner: state.files.owner.instance)
        }
        feed = TableProperties.hasChangeFeed(state.metadata) ? ChangeFeedOutput(state.plan) : nil
        var bound: [Batch] = []
        for batch in upserts where batch.count > 0 { bound.append(try state.plan.binding.bind(batch)) }
        let all = bound.isEmpty ? Batch(empty: state.plan.binding.schema) : Batch.concatenate(bound)
        let keys = state.files.fingerprints(state.keyColumns.map { all.columns[$0] }, count: all.count)
        (changed, changedKeys) = UpsertRewrite.lastOfEachKey(all, keys)
        let gone = KeyMap(expecting: changedKeys.count)
        for key in changedKeys { gone.set(key, to: UpsertRewrite.isChanged) }
        var removed: [Batch] = []
        for batch in deletes where batch.count > 0 {
            removed.append(try UpsertRewrite.keyColumns(batch, state))
        }
        let empty = Batch(empty: Schema(state.keyColumns.map { state.plan.binding.schema[$0] }))
        let deletedRows = removed.isEmpty ? empty : Batch.concatenate(removed)
        let deletedFingerprints = state.files.fingerprints(deletedRows.columns, count: deletedRows.count)
        var kept: [Int32] = []
        for (row, key) in deletedFingerprints.enumerated() where gone[key] == nil {
            gone.set(key, to: UpsertRewrite.isDeleted)
            kept.append(Int32(row))
        }
        deleted = deletedRows.gather(Selection(kept))
        deletedKeys = kept.map { deletedFingerprints[Int($0)] }
        self.gone = gone
    }

    private static let isChanged: Int32 = 0
    private static let isDeleted: Int32 = 1

    private static func lastOfEachKey(_ batch: Batch, _ keys: [Fingerprint]) -> (Batch, [Fingerprint]) {
        let last = KeyMap(expecting: keys.count)
        for (row, key) in keys.enumerated() { last.set(key, to: Int32(row)) }
        if last.count == keys.count { return (batch, keys) }
        var rows: [Int32] = []
        for (row, key) in keys.enumerated() where last[key] == Int32(row) { rows.append(Int32(row)) }
        return (batch.gather(Selection(rows)), rows.map { keys[Int($0)] })
    }

    /// The key columns of rows to delete, as they are in the table.
    private static func keyColumns(_ batch: Batch, _ state: UpsertState) throws(DeltaError) -> Batch {
        var columns: [Column] = []
        for (name, place) in zip(state.keyNames, state.keyColumns) {
            let field = state.plan.binding.schema[place]
            guard
                let index = batch.schema.fields.firstIndex(where: {
                    $0.name.lowercased() == name.lowercased()
                }),
                ColumnFit(batch.schema[index].type, in: state.metadata.schema.fields[place].type)?
                    .type(of: batch.schema[index].type) == field.type
            else {
                throw .refused(
                    Diagnostic(
                        .schemaMismatch,
                        "rows to delete from the table at \(state.location) lack the key column \(name)",
                        expected: "\(name) \(field.type.sql)"))
            }
            columns.append(try state.plan.binding.bind(batch.columns[index], at: place))
        }
        return Batch(
            schema: Schema(state.keyColumns.map { state.plan.binding.schema[$0] }), columns: columns,
            count: batch.count)
    }

    // MARK: Running

    /// Writes the new files; false when there is nothing to change.
    mutating func run(_ state: inout UpsertState, _ options: UpsertOptions) throws(DeltaError) -> Bool {
        try findTouched(&state)
        if changed.count == 0, rewritten.isEmpty { return false }
        addSmallFiles(state, options)
        let windowColumn = state.files.windowColumn.flatMap { window in
            state.plan.splitter.dataIndexes.firstIndex(of: window)
        }
        var outputs = Outputs(
            open: KeyedOutput(state.plan, windowColumn: windowColumn),
            cold: KeyedOutput(state.plan, windowColumn: windowColumn),
            closed: KeyedOutput(state.plan, windowColumn: windowColumn),
            shared: KeyedOutput(state.plan, windowColumn: windowColumn))
        // Few rows in all go into one file; else what changed last, and will soonest again, stands apart.
        let survivors = rewritten.reduce(0) { $0 + state.files.files[Int($1)].rowCount }
        outputs.separatesCold = survivors + changed.count > options.smallFileRows
        let sorted = sortedByWindow(changed, changedKeys, state)
        try add(sorted.rows, sorted.keys, isCold: false, state, &outputs)
        let order = rewritten.sorted { left, right in
            let (a, b) = (state.files.files[Int(left)], state.files.files[Int(right)])
            return (a.windows?.lowerBound ?? .min, left) < (b.windows?.lowerBound ?? .min, right)
        }
        for id in order {
            for batch in try state.files.reader.read(state.files.files[Int(id)].add) {
                let keys = state.files.fingerprints(
                    state.keyColumns.map { batch.columns[$0] }, count: batch.count)
                var kept: [Int32] = []
                for (row, key) in keys.enumerated() where gone[key] == nil { kept.append(Int32(row)) }
                if kept.count < batch.count { try noteGone(batch, keys) }
                if kept.isEmpty { continue }
                let isWhole = kept.count == batch.count
                let rows = isWhole ? batch : batch.gather(Selection(kept))
                let keptKeys = isWhole ? keys : kept.map { keys[Int($0)] }
                if state.files.isOwn(id) {
                    try add(rows, keptKeys, isCold: true, state, &outputs)
                } else {
                    // Whose they are is not known; those that change again get into files of their own.
                    try UpsertRewrite.add(rows, keptKeys, to: &outputs.shared, &sharedPlacer)
                }
            }
        }
        feed?.add(changed, keys: changedKeys)
        feedFiles = try feed?.finish(&placer) ?? []
        try outputs.finish(&placer)
        try outputs.shared.finish(&sharedPlacer)
        written = outputs.written
        return true
    }

    /// Tells the feed of the rows of a file that are replaced or deleted.
    private mutating func noteGone(_ batch: Batch, _ keys: [Fingerprint]) throws(DeltaError) {
        guard feed != nil else { return }
        for (kind, change) in [
            (UpsertRewrite.isChanged, ChangeFeedOutput.Change.before), (UpsertRewrite.isDeleted, .delete),
        ] {
            var rows: [Int32] = []
            for (row, key) in keys.enumerated() where gone[key] == kind { rows.append(Int32(row)) }
            if rows.isEmpty { continue }
            feed?.add(batch.gather(Selection(rows)), change, keys: rows.map { keys[Int($0)] })
        }
    }

    private struct Outputs {
        var open: KeyedOutput
        var cold: KeyedOutput
        var closed: KeyedOutput
        /// Rows of files that may hold keys of other tasks.
        var shared: KeyedOutput
        var separatesCold = false

        mutating func finish(_ placer: inout DataFilePlacer) throws(DeltaError) {
            try open.finish(&placer)
            try cold.finish(&placer)
            try closed.finish(&placer)
        }

        var written: [KeyedOutput.Written] {
            open.written + cold.written + closed.written + shared.written
        }
    }

    /// The files that hold a changed or deleted key.
    private mutating func findTouched(_ state: inout UpsertState) throws(DeltaError) {
        let upsertKeys = state.keyColumns.map { changed.columns[$0] }
        for (row, key) in changedKeys.enumerated() { try touch(key, row, upsertKeys, &state) }
        for (row, key) in deletedKeys.enumerated() { try touch(key, row, deleted.columns, &state) }
    }

    private mutating func touch(
        _ key: Fingerprint, _ row: Int, _ columns: [Column], _ state: inout UpsertState
    ) throws(DeltaError) {
        if let file = state.files.file(of: key) {
            rewritten.insert(file)
            return
        }
        let time = state.files.timeColumn.flatMap { columns[$0].isValid(row) ? columns[$0].int64s[row] : nil }
        guard state.files.isSealedTime(time) else { return }
        // A key that should not change any more: rather a look into the files that may hold it than two rows
        // of it.
        let values = columns.map { $0.value(at: row) }
        for file in state.files.sealedFiles(for: values, time: time) { try state.files.unseal(file) }
        if let file = state.files.file(of: key) { rewritten.insert(file) }
    }

    /// Adds small files to those that are written anew when too many of a partition stand side by side.
    private mutating func addSmallFiles(_ state: UpsertState, _ options: UpsertOptions) {
        var groups: [String: [Int32]] = [:]
        for id in state.files.live where !rewritten.contains(id) && state.files.isOwn(id) {
            let file = state.files.files[Int(id)]
            guard file.rowCount < options.smallFileRows else { continue }
            groups[(file.isSealed ? "sealed " : "open ") + file.partition, default: []].append(id)
        }
        for (_, ids) in groups where ids.count >= options.smallFileLimit {
            var rows = 0
            let smallest = ids.sorted {
                state.files.files[Int($0)].rowCount < state.files.files[Int($1)].rowCount
            }
            for id in smallest {
                rows += state.files.files[Int(id)].rowCount
                if rows > options.write.fileRows { break }
                rewritten.insert(id)
            }
        }
    }

    private func sortedByWindow(
        _ rows: Batch, _ keys: [Fingerprint], _ state: UpsertState
    ) -> (rows: Batch, keys: [Fingerprint]) {
        guard let window = state.files.windowColumn, let order = WindowOrder.order(of: rows.columns[window])
        else {
            return (rows, keys)
        }
        return (rows.gather(order), (0..<order.count).map { keys[Int(order.rows[$0])] })
    }

    /// Adds rows to the output that their window and their age call for.
    private mutating func add(
        _ rows: Batch, _ keys: [Fingerprint], isCold: Bool, _ state: UpsertState, _ outputs: inout Outputs
    ) throws(DeltaError) {
        guard let window = state.files.windowColumn, let boundary = state.sealBefore else {
            return try add(rows, keys, toCold: isCold && outputs.separatesCold, &outputs)
        }
        let column = rows.columns[window]
        var closedRows: [Int32] = []
        var openRows: [Int32] = []
        for row in 0..<rows.count {
            if column.isValid(row), column.int64s[row] < boundary {
                closedRows.append(Int32(row))
            } else {
                openRows.append(Int32(row))
            }
        }
        if closedRows.isEmpty {
            return try add(rows, keys, toCold: isCold && outputs.separatesCold, &outputs)
        }
        let closedKeys = closedRows.map { keys[Int($0)] }
        try UpsertRewrite.add(
            rows.gather(Selection(closedRows)), closedKeys, to: &outputs.closed, &placer)
        if openRows.isEmpty { return }
        try add(
            rows.gather(Selection(openRows)), openRows.map { keys[Int($0)] },
            toCold: isCold && outputs.separatesCold, &outputs)
    }

    private mutating func add(
        _ rows: Batch, _ keys: [Fingerprint], toCold: Bool, _ outputs: inout Outputs
    ) throws(DeltaError) {
        if toCold {
            try UpsertRewrite.add(rows, keys, to: &outputs.cold, &placer)
        } else {
            try UpsertRewrite.add(rows, keys, to: &outputs.open, &placer)
        }
    }

    private static func add(
        _ rows: Batch, _ keys: [Fingerprint], to output: inout KeyedOutput, _ placer: inout DataFilePlacer
    ) throws(DeltaError) {
        if rows.count == 0 { return }
        try output.add(rows, keys: keys, &placer)
    }

    /// The commit's actions: what is replaced, and what by.
    func actions(_ state: UpsertState, at timestamp: Int64) -> [Action] {
        rewritten.sorted().map { id in
            .remove(state.files.files[Int(id)].add.removed(at: timestamp, dataChange: true))
        } + written.map { .add($0.file.add) } + feedFiles.map { .changes($0.add) }
    }
}
