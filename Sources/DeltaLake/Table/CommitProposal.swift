/// What is to become the next version of a table.
struct CommitProposal: Sendable {
    /// What the change was made from, and so which changes of others it can stand beside.
    enum Basis: Sendable {
        /// Nothing: rows are only added.
        case nothing
        /// What the table is, which it changes: others may add and remove.
        case metadata
        /// The files that it removes: others may add.
        case removedFiles
        /// All rows of the table: no file may have come or gone.
        case wholeTable
    }

    var actions: [Action]
    /// The version and the metadata that the change was made from.
    let version: Int64
    let metadata: TableMetadata
    /// As the table's history names it: `STREAMING UPDATE`, `OPTIMIZE`.
    var operation: String
    var parameters: [String: String] = [:]
    /// Counts for people, kept as the commit's metrics.
    var notes: [String: Int64] = [:]
    var basis: Basis
    /// The application's step that this commit is; counted once however often it is tried.
    var step: SetTransaction?

    /// Whose other tasks change other rows than this does: they may come and go meanwhile.
    var writer: SinkIdentity?

    /// Whether rows come that were in no version before, on which the table may make demands.
    var addsNewRows = true

    /// Whether rows go or change, rather than only being added or laid out anew.
    var removesRows: Bool {
        actions.contains { action in if case .remove(let file) = action { file.dataChange } else { false } }
    }

    /// Whether a commit is of another task of the writer's service.
    func isBeside(_ winner: [Action]) -> Bool {
        guard let writer else { return false }
        return winner.contains { action in
            if case .transaction(let step) = action { writer.isPeer(step.appId) } else { false }
        }
    }

    var removedKeys: Set<String> {
        Set(actions.compactMap { if case .remove(let file) = $0 { file.key } else { nil } })
    }
}
