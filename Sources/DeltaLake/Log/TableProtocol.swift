import Diagnostics

/// What a reader and a writer must understand to use the table.
public struct TableProtocol: Hashable, Sendable {
    public var minReaderVersion: Int
    public var minWriterVersion: Int
    /// Named features, from reader version 3 on.
    public var readerFeatures: [String]?
    /// Named features, from writer version 7 on.
    public var writerFeatures: [String]?

    public init(
        minReaderVersion: Int = 1, minWriterVersion: Int = 2, readerFeatures: [String]? = nil,
        writerFeatures: [String]? = nil
    ) {
        self.minReaderVersion = minReaderVersion
        self.minWriterVersion = minWriterVersion
        self.readerFeatures = readerFeatures
        self.writerFeatures = writerFeatures
    }

    /// Reader features that ask nothing of a reader beyond what `checkReadable` looks at itself.
    private static let readable: Set<String> = [
        "timestampNtz", "vacuumProtocolCheck", "columnMapping", "deletionVectors", "v2Checkpoint",
        "typeWidening", "typeWidening-preview",
    ]
    /// Writer features that ask nothing beyond what `checkWritable` looks at itself.
    private static let writable: Set<String> = [
        "appendOnly", "invariants", "timestampNtz", "vacuumProtocolCheck", "checkConstraints",
        "changeDataFeed", "generatedColumns", "identityColumns", "columnMapping", "deletionVectors",
        "typeWidening", "typeWidening-preview", "domainMetadata",
    ]

    /// Throws unless rows of such a table can be read.
    func checkReadable(_ metadata: TableMetadata, at location: String) throws(DeltaError) {
        guard (1...3).contains(minReaderVersion) else {
            throw .unsupported("reader version \(minReaderVersion)", at: location, doing: "read")
        }
        if minReaderVersion == 3 {
            for feature in (readerFeatures ?? []).sorted() where !TableProtocol.readable.contains(feature) {
                throw .unsupported("feature \(feature)", at: location, doing: "read")
            }
        }
        let mapping = metadata.configuration["delta.columnMapping.mode"] ?? "none"
        if ColumnMapping(rawValue: mapping) == nil {
            throw .unsupported("feature columnMapping (mode \(mapping))", at: location, doing: "read")
        }
    }

    /// Throws unless all is known that writers must know, whether or not rows could be added.
    func checkWriterFeatures(at location: String) throws(DeltaError) {
        guard (1...7).contains(minWriterVersion) else {
            throw .unsupported("writer version \(minWriterVersion)", at: location, doing: "written")
        }
        guard minWriterVersion == 7 else { return }
        for feature in (writerFeatures ?? []).sorted() where !TableProtocol.writable.contains(feature) {
            throw .unsupported("feature \(feature)", at: location, doing: "written")
        }
    }

    /// Throws where rows may only be added.
    func checkRemovable(_ metadata: TableMetadata, at location: String) throws(DeltaError) {
        guard metadata.configuration["delta.appendOnly"] == "true" else { return }
        throw .refused(
            Diagnostic(
                .unsupported, "the table at \(location) is append-only, and rows of it would be replaced",
                hint: "write to another path, or set delta.appendOnly to false"))
    }

    /// Throws unless rows that are there can be laid out in other files.
    func checkRewritable(_ metadata: TableMetadata, at location: String) throws(DeltaError) {
        try checkReadable(metadata, at: location)
        try checkWriterFeatures(at: location)
        if metadata.columnMapping != .none {
            throw .unsupported(
                "feature columnMapping (mode \(metadata.columnMapping.rawValue))", at: location,
                doing: "written")
        }
    }

    /// Throws unless rows can be added without breaking what other writers rely on.
    /// - Parameter removing: whether rows are also removed or replaced.
    func checkWritable(_ metadata: TableMetadata, removing: Bool, at location: String) throws(DeltaError) {
        try checkRewritable(metadata, at: location)
        let configuration = metadata.configuration
        if let constraint = configuration.keys.sorted().first(where: { $0.hasPrefix("delta.constraints.") }) {
            throw .unsupported("the constraint \(constraint.dropFirst(18))", at: location, doing: "written")
        }
        for name in ["delta.invariants", "delta.generationExpression", "delta.identity.start"] {
            if let column = metadata.schema.column(with: name) {
                throw .unsupported("\(name) of column \(column)", at: location, doing: "written")
            }
        }
        guard removing else { return }
        try checkRemovable(metadata, at: location)
    }
}

extension DeltaError {
    static func unsupported(_ what: String, at location: String, doing: String) -> DeltaError {
        .refused(
            Diagnostic(
                .unsupported, "the table at \(location) cannot be \(doing): \(what) is not supported",
                hint: "use a table without it, or an engine that has it"))
    }
}
