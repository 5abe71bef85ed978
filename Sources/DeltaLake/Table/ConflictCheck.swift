import Diagnostics

/// Whether a proposal can stand behind a commit of somebody else that was first.
enum ConflictCheck {
    /// Whether the proposal can stand on a snapshot that may be newer than the one it was made from: other
    /// threads move the table forward too.
    static func check(
        _ proposal: CommitProposal, on snapshot: Snapshot, at location: String
    ) throws(DeltaError) {
        guard snapshot.version != proposal.version else { return }
        let fits =
            proposal.basis == .nothing
            ? snapshot.metadata.takesRows(of: proposal.metadata)
            : snapshot.metadata.hasColumns(of: proposal.metadata)
        if !fits {
            throw conflict("its schema", snapshot.version, location)
        }
        switch proposal.basis {
        case .nothing: break
        case .metadata:
            if snapshot.metadata != proposal.metadata {
                throw conflict("its schema or properties", snapshot.version, location)
            }
        case .removedFiles:
            if !proposal.removedKeys.allSatisfy({ snapshot.files[$0] != nil }) {
                throw conflict("files that this change replaces", snapshot.version, location)
            }
        case .wholeTable: throw conflict("rows", snapshot.version, location)
        }
    }

    static func check(
        _ proposal: CommitProposal, against winner: [Action], version: Int64, at location: String
    ) throws(DeltaError) {
        let removed = proposal.removedKeys
        let needsWholeTable = proposal.basis == .wholeTable && !proposal.isBeside(winner)
        for action in winner {
            switch action {
            case .metadata, .tableProtocol:
                throw conflict("its schema, properties or protocol", version, location)
            case .remove(let file):
                if needsWholeTable || removed.contains(file.key) {
                    throw conflict("files that this change replaces", version, location)
                }
            case .add:
                if needsWholeTable { throw conflict("rows", version, location) }
            case .domain(let domain):
                // What a domain means only its owner knows.
                if proposal.basis != .nothing, proposal.basis != .metadata {
                    throw conflict("the domain \(domain.domain)", version, location)
                }
            case .transaction, .commitInfo, .other: break
            }
        }
    }

    private static func conflict(_ what: String, _ version: Int64, _ location: String) -> DeltaError {
        .conflict(
            Diagnostic(
                .conflict, "somebody else changed \(what) in version \(version) of the table at \(location)",
                hint: "the change is made again from that version"))
    }
}
