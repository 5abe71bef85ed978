import Synchronization

/// How statements ended, by command id, for `/status`.
final class CommandStatuses: Sendable {
    private let statuses = Mutex<[String: CommandStatus]>([:])

    func note(_ commandID: String, _ status: CommandStatus) {
        statuses.withLock { $0[commandID] = status }
    }

    /// Those noted, and for what an earlier run of the server made that it is there.
    func all(_ snapshot: EngineSnapshot) -> [String: CommandStatus] {
        var all: [String: CommandStatus] = [:]
        for relation in snapshot.plan.catalogue.relations.values {
            let kind = relation.kind.rawValue.lowercased()
            let makers = snapshot.plan.queries.filter {
                $0.output.name == relation.name && $0.insertion == nil
            }
            all["\(kind)/`\(relation.name)`/create"] = CommandStatus(
                message: "\(kind) \(relation.name) is there", queryID: makers.first?.id)
        }
        return all.merging(statuses.withLock { $0 }) { $1 }
    }
}
