import Connectors
import Diagnostics
import Language
import Planning
import Runtime
import Storage

// Connectors: tasks that bring a topic's rows to a target.
extension Engine {
    /// Makes the sinks of a connector's statement, without opening them, so that what is wrong with their
    /// properties is told at once.
    func checkSinks(of plan: PipelinePlan, _ statement: Statement) throws(Diagnostic) {
        guard case .createConnector(let create) = statement.kind else { return }
        var own = PipelinePlan()
        own.sinks = plan.sinks.filter { $0.connector == create.name.text }
        _ = try SinkFactory(fileSystem: files, readsSecrets: false).sinks(of: own)
        let former = state.withLock { $0.planner.plan.sinks }
        for sink in own.sinks where sink.from.topic == nil {
            // The epochs of its task, which others are at work in, are in the target that it has.
            guard let old = former.first(where: { $0.name == sink.name }),
                SinkFactory.target(of: old, in: files) != SinkFactory.target(of: sink, in: files)
            else { continue }
            throw Diagnostic(
                .unsupported,
                "the connector \(sink.connector) takes what lives in no topic: it has one target",
                at: sink.properties.location(of: "connector.class"), hint: "DROP it, and CREATE it anew")
        }
    }

    /// Ends the tasks of a connector at a committed epoch and starts them again.
    ///
    /// - Parameter onlyFailed: leaves those alone that are at work.
    /// - Throws: where there is no connector of that name.
    public func restart(connector name: String, onlyFailed: Bool = false) throws(Diagnostic) {
        statementMonitor.lock()
        defer { statementMonitor.unlock() }
        let state = state.withLock { $0 }
        let sinks = state.planner.plan.sinks.filter { $0.connector == name }
        guard !sinks.isEmpty else { throw Diagnostic(.unknownConnector, "there is no connector \(name)") }
        for unit in Set(sinks.map(\.unitName)) {
            guard let host = state.hosts[unit], !state.paused.contains(unit) else { continue }
            if onlyFailed, host.failure == nil { continue }
            host.stop()
            host.start()
        }
    }

    /// How far a connector's task has read its topic, by partition: the next message of each; nil before its
    /// first epoch.
    public func positions(of sink: SinkPlan) throws(Diagnostic) -> [Int: Int64]? {
        guard sink.from.topic != nil,
            let standing = try StandingState(directory(of: sink.unitName), in: files),
            let position = try standing.checkpoint(of: standing.done).positions[sink.from.name]
        else { return nil }
        return try TopicSource.offsets(at: position)
    }

    /// Has a connector that is paused begin anew: removes what it knows of its topics and its target.
    ///
    /// - Throws: where there is none of that name, or it is at work.
    public func forgetPositions(ofConnector name: String) throws(Diagnostic) {
        statementMonitor.lock()
        defer { statementMonitor.unlock() }
        let state = state.withLock { $0 }
        let sinks = state.planner.plan.sinks.filter { $0.connector == name }
        guard !sinks.isEmpty else { throw Diagnostic(.unknownConnector, "there is no connector \(name)") }
        for sink in sinks {
            guard state.paused.contains(sink.unitName), let host = state.hosts[sink.unitName], !host.isAtWork
            else {
                throw Diagnostic(
                    .invalidStatement, "the connector \(name) is at work", hint: "stop it first")
            }
        }
        for sink in sinks {
            do throws(StorageError) { try files.removeTree(directory(of: sink.unitName)) } catch {
                throw Diagnostic(
                    .state, "the state of \(sink.unitName) can't be removed: \(error.reason) (\(error.path))")
            }
        }
    }

    // MARK: Targets

    private func targetFile(of unit: PlanUnit) -> String {
        Path.join(directory(of: unit.name), "target")
    }

    /// Whether a connector's state was made with another target than it has now: what the one has says
    /// nothing of the other.
    func writesElsewhere(_ unit: PlanUnit) throws(Diagnostic) -> Bool {
        guard unit.name.hasPrefix(PlanUnit.sinkPrefix), let sink = unit.plan.sinks.first else { return false }
        do throws(StorageError) {
            let path = targetFile(of: unit)
            guard try files.status(path) != nil else { return false }
            return String(decoding: try files.read(path), as: UTF8.self)
                != SinkFactory.target(of: sink, in: files)
        } catch {
            throw Diagnostic(
                .state, "the state of \(unit.name) can't be read: \(error.reason) (\(error.path))")
        }
    }

    /// Written before the task begins; without it the state counts as the target's.
    func noteTarget(of unit: PlanUnit) {
        guard unit.name.hasPrefix(PlanUnit.sinkPrefix), let sink = unit.plan.sinks.first else { return }
        do throws(StorageError) {
            try files.createDirectory(directory(of: unit.name))
            try files.writeAtomically(SinkFactory.target(of: sink, in: files), to: targetFile(of: unit))
        } catch {
            reports.add(Diagnostic(.state, "\(error.path) can't be written: \(error.reason)"))
        }
    }
}

extension PipelinePlan {
    /// Tells sinks apart that differ in their properties only, within one run of the program.
    var sinkSettings: UInt64 {
        guard !sinks.isEmpty else { return 0 }
        var hasher = Hasher()
        for sink in sinks {
            for (name, value) in sink.properties.given {
                hasher.combine(name)
                hasher.combine(value)
            }
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
