import Synchronization

/// How statements ended, by command id, for `/status`.
final class CommandStatuses: Sendable {
    private struct State {
        var statuses: [String: CommandStatus] = [:]
        var lastSequence: Int64 = -1
    }

    private let state = Mutex(State())

    func note(_ commandID: String, _ status: CommandStatus, sequence: Int64) {
        state.withLock {
            $0.statuses[commandID] = status
            $0.lastSequence = max($0.lastSequence, sequence)
        }
    }

    /// The number of the last statement that was done here.
    var lastSequence: Int64 { state.withLock { $0.lastSequence } }

    /// Those noted, and for what an earlier run of the server made that it is there.
    func all(_ snapshot: EngineSnapshot) -> [String: CommandStatus] {
        var all: [String: CommandStatus] = [:]
        for relation in snapshot.plan.catalogue.relations.values {
            let kind = relation.kind.rawValue.lowercased()
            let makers = snapshot.plan.queries.filter {
                $0.output.name == relation.name && $0.insertion == nil
            }
            all["\(kind)/\(relation.name)/create"] = CommandStatus(
                message: "\(kind) \(relation.name) is there", queryID: makers.first?.id)
        }
        return all.merging(state.withLock { $0.statuses }) { $1 }
    }
}
