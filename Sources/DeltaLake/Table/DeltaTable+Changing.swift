import Columnar
import Diagnostics

/// Changes of what the table is, each one a commit of its own.
extension DeltaTable {
    /// Sets table properties; commits nothing where the table has them already.
    public func set(properties: [String: String]) throws(DeltaError) {
        try change("SET TBLPROPERTIES") { metadata in
            var metadata = metadata
            metadata.configuration.merge(properties) { _, given in given }
            return metadata
        }
    }

    /// Adds the columns that such rows have and the table lacks, and widens types where the table allows it.
    ///
    /// Commits nothing where the table has all of them. Rows that are there have NULL in new columns. Throws
    /// where a type can become no other.
    public func evolve(to schema: Schema) throws(DeltaError) {
        let location = store.location
        try change("ADD COLUMNS") { (metadata) throws(DeltaError) in
            try SchemaEvolution.evolved(metadata, for: schema, at: location)
        }
    }

    /// How often a change of the metadata is made again because somebody else changed the table meanwhile.
    private static let attempts = 20

    /// Commits the metadata that `changed` makes of the table's own, unless they are the same.
    func change(
        _ operation: String, _ changed: (TableMetadata) throws(DeltaError) -> TableMetadata
    ) throws(DeltaError) {
        var last: DeltaError?
        for _ in 0..<DeltaTable.attempts {
            let snapshot = try refresh()
            let metadata = try changed(snapshot.metadata)
            if metadata == snapshot.metadata { return }
            var actions: [Action] = [.metadata(metadata)]
            let needed = snapshot.tableProtocol.supporting(metadata)
            if needed != snapshot.tableProtocol { actions.append(.tableProtocol(needed)) }
            do throws(DeltaError) {
                _ = try commit(
                    CommitProposal(
                        actions: actions, version: snapshot.version,
                        metadata: snapshot.metadata, operation: operation, basis: .metadata,
                        addsNewRows: false))
                return
            } catch {
                guard case .conflict = error else { throw error }
                last = error
            }
        }
        if let last { throw last }
    }
}
