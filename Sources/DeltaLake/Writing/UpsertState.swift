import Columnar
import Diagnostics

/// What an upsert writer keeps between epochs.
struct UpsertState: @unchecked Sendable {
    // The key map inside is a class of one owner; the writer's lock is that owner.
    var files: KeyedFiles
    let plan: DataFilePlan
    let metadata: TableMetadata
    /// The version that `files` is in line with.
    private(set) var version: Int64
    var sealBefore: Int64?
    /// Places of the key columns in the table, and their names for the columns of deletes.
    let keyColumns: [Int]
    let keyNames: [String]
    let location: String
    /// Others have committed before our last commit, and `files` does not know of it.
    private var isBehind = false

    init(
        table: DeltaTable, schema: Schema, key: [String], window: String?, options: UpsertOptions,
        sealBefore: Int64?, owner: SinkIdentity
    ) throws(DeltaError) {
        let snapshot = table.snapshot
        location = table.store.location
        try snapshot.tableProtocol.checkWritable(snapshot.metadata, removing: true, at: location)
        metadata = snapshot.metadata
        var keyColumns: [Int] = []
        for name in key { keyColumns.append(try UpsertState.column(name, schema, metadata, location)) }
        guard !keyColumns.isEmpty else {
            throw .refused(
                Diagnostic(
                    .missingProperty,
                    "the table at \(location) is written with upserts, but has no key columns",
                    expected: "at least one column of PRIMARY KEY"))
        }
        var windowColumn: Int?
        if let window {
            let column = try UpsertState.column(window, schema, metadata, location)
            guard metadata.schema.fields[column].type == .timestamp else {
                throw .refused(
                    Diagnostic(
                        .typeMismatch,
                        "the window column \(window) of the table at \(location) is "
                            + metadata.schema.fields[column].type.text, expected: "TIMESTAMP"))
            }
            windowColumn = column
        }
        let fields = metadata.schema.fields
        plan = try DataFilePlan(
            sink: schema, metadata: snapshot.metadata, options: options.write,
            keys: Set((keyColumns + [windowColumn].compactMap { $0 }).map { fields[$0].name }), at: location)
        self.keyColumns = keyColumns
        keyNames = key
        self.sealBefore = sealBefore
        let reader = try TableReader(store: table.store, metadata: metadata, forRewriting: true)
        let random = table.environment.random
        files = KeyedFiles(
            reader: reader, keyColumns: keyColumns, windowColumn: windowColumn,
            seed: Fingerprint(low: random(), high: random()), owner: owner)
        try files.synchronise(snapshot, sealBefore: sealBefore)
        version = snapshot.version
    }

    private static func column(
        _ name: String, _ schema: Schema, _ metadata: TableMetadata, _ location: String
    ) throws(DeltaError) -> Int {
        guard schema.fields.contains(where: { $0.name.lowercased() == name.lowercased() }),
            let index = metadata.schema.index(of: name)
        else {
            throw .refused(
                Diagnostic(
                    .unknownColumn,
                    "the key column \(name) is not among the rows for the table at \(location)",
                    expected: "one of " + schema.names.joined(separator: ", "),
                    hint: NearestName.suggestion(for: name, among: schema.names).map { "did you mean \($0)?" }
                ))
        }
        return index
    }

    /// Takes in what others, or an earlier try of our own, have committed to a table of the same columns.
    mutating func synchronise(_ table: DeltaTable) throws(DeltaError) {
        let snapshot = table.snapshot
        if snapshot.version == version, !isBehind { return }
        try files.synchronise(snapshot, sealBefore: sealBefore)
        version = snapshot.version
        isBehind = false
    }

    /// Takes in a commit of our own.
    mutating func take(_ rewrite: UpsertRewrite, version: Int64) {
        files.replace(
            rewrite.rewritten, with: rewrite.written, deleted: rewrite.deletedKeys, sealBefore: sealBefore)
        if let sealBefore { files.seal(before: sealBefore) }
        isBehind = isBehind || version != self.version + 1
        self.version = version
    }
}
