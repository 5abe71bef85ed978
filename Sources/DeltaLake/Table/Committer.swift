import Diagnostics
import Storage

/// One attempt after another to be the writer of the table's next version.
struct Committer {
    let store: any ObjectStore
    let environment: TableEnvironment

    /// Others may win so often before something must be wrong.
    private static let attempts = 1000

    func commit(
        _ proposal: CommitProposal, _ state: inout TableState
    ) throws(DeltaError) -> (version: Int64, isRepeated: Bool) {
        let reader = LogReader(store: store)
        let identifier = environment.identifier()
        if isDone(proposal.step, state.snapshot) { return (state.snapshot.version, true) }
        try ConflictCheck.check(proposal, on: state.snapshot, at: store.location)
        for _ in 0..<Committer.attempts {
            try checkAllowed(proposal, state.snapshot)
            let version = state.snapshot.version + 1
            var actions = proposal.actions
            if let step = proposal.step { actions.insert(.transaction(step), at: 0) }
            actions.insert(
                .commitInfo(
                    CommitInfo.value(
                        operation: proposal.operation, parameters: proposal.parameters, notes: proposal.notes,
                        isBlindAppend: proposal.basis == .nothing,
                        readVersion: proposal.basis == .nothing ? version - 1 : proposal.version,
                        identifier: identifier, timestamp: environment.clock())), at: 0)
            if try put(actions, version, reader) {
                try state.take(actions, reader)
                return (version, false)
            }
            // Somebody was first, or it is our own write that was thought lost. Read all that came.
            let known = state.snapshot.version
            while let winner = try reader.commit(state.snapshot.version + 1) {
                let version = state.snapshot.version + 1
                if CommitInfo.identifier(of: winner) == identifier {
                    try state.take(winner, reader)
                    return (version, false)
                }
                let isOurs = isDone(proposal.step, in: winner)
                // The snapshot moves on even where this proposal cannot: the next one starts from there.
                try state.take(winner, reader)
                if isOurs { return (version, true) }
                try ConflictCheck.check(proposal, against: winner, version: version, at: store.location)
            }
            guard state.snapshot.version > known else {
                throw .corrupt(
                    "version \(version) of the table at \(store.location) is there, but cannot be read")
            }
        }
        throw .unavailable(
            Diagnostic(
                .conflict,
                "others were first \(Committer.attempts) times to write to the table at \(store.location)",
                hint: "let fewer programs write to it"))
    }

    private func checkAllowed(_ proposal: CommitProposal, _ snapshot: Snapshot) throws(DeltaError) {
        let found = snapshot.tableProtocol
        guard proposal.addsNewRows else {
            try found.checkRewritable(snapshot.metadata, at: store.location)
            if proposal.removesRows { try found.checkRemovable(snapshot.metadata, at: store.location) }
            return
        }
        try found.checkWritable(snapshot.metadata, removing: proposal.removesRows, at: store.location)
    }

    /// Whether the write succeeded; false when the version is taken.
    private func put(_ actions: [Action], _ version: Int64, _ reader: LogReader) throws(DeltaError) -> Bool {
        let bytes = Action.commitBytes(actions)
        do throws(StorageError) {
            try store.putIfAbsent(LogFile.commitName(version), bytes: bytes)
            return true
        } catch .exists {
            return false
        } catch {
            // The answer may be lost though the write is done, and then it must not be done again.
            if case .unavailable = error, let found = try? reader.bytes(of: version), found == bytes {
                return false
            }
            throw .storage(error, doing: "committing version \(version)")
        }
    }

    private func isDone(_ step: SetTransaction?, _ snapshot: Snapshot) -> Bool {
        guard let step, let last = snapshot.lastCommitted(step.appId) else { return false }
        return last >= step.version
    }

    private func isDone(_ step: SetTransaction?, in actions: [Action]) -> Bool {
        guard let step else { return false }
        return actions.contains { action in
            if case .transaction(let found) = action {
                return found.appId == step.appId && found.version >= step.version
            }
            return false
        }
    }
}
