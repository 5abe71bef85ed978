import Connectors
import Diagnostics
import Planning
import Runtime
import Storage

// From the plan to the tasks at work.
extension Engine {
    /// What a statement changes in who is at work.
    struct HostChanges {
        /// Are stopped before the statement is done.
        var ended: [UnitHost] = []
        /// Are not there any more afterwards: their state goes too.
        var removed: [UnitHost] = []
        /// Begin afterwards, or go on by another plan.
        var begun: [(unit: PlanUnit, signature: UInt64)] = []
        /// Those of them that can't go on with the state that is there.
        var restarted: Set<String> = []
    }

    func unitChanges(_ next: EngineState) throws(Diagnostic) -> HostChanges {
        var changes = HostChanges()
        let (former, plan, paused) = state.withLock { ($0.hosts, $0.planner.plan, $0.paused) }
        let difference = UnitChanges(from: plan, to: next.planner.plan)
        var outlines = difference.outlines
        for name in paused.symmetricDifference(next.paused) {
            guard !outlines.contains(where: { $0.name == name }) else { continue }
            if let outline = next.planner.plan.outline(named: name) { outlines.append(outline) }
        }
        for outline in outlines {
            let host = former[outline.name]
            var unit = next.planner.plan.unit(outline)
            // Of what many queries share, the last one's: the same after each start.
            unit.use(unit.plan.queries.last.flatMap { next.settings[$0.id] } ?? Settings())
            let signature = unit.plan.fingerprint ^ unit.plan.sinkSettings
            if let host {
                let isPaused = next.paused.contains(unit.name)
                if host.signature == signature, isPaused == !host.isAtWork { continue }
                changes.ended.append(host)
                if isPaused, host.signature == signature { continue }
                if !unit.plan.keepsState(of: host.unit.plan) {
                    try refuseRestart(of: unit)
                    changes.restarted.insert(unit.name)
                }
            }
            if try writesElsewhere(unit) { changes.restarted.insert(unit.name) }
            changes.begun.append((unit, signature))
        }
        for name in difference.removed {
            guard let host = former[name] else { continue }
            changes.ended.append(host)
            changes.removed.append(host)
        }
        return changes
    }

    /// What queries over files share keeps where the files are: it can't begin anew for one of them.
    private func refuseRestart(of unit: PlanUnit) throws(Diagnostic) {
        guard unit.name == PipelinePlan.localUnit else { return }
        throw Diagnostic(
            .unsupported, "the statement keeps other state than the query that it replaces, over files",
            hint: "DROP what is there, then CREATE it: it begins with the records that come then")
    }

    /// Takes down where units are whose state has to go, so that they go on from there without it.
    func keepPositions(of changes: HostChanges, _ draft: inout Draft) throws(Diagnostic) {
        for (unit, _) in changes.begun where changes.restarted.contains(unit.name) {
            let directory = directory(of: unit.name)
            guard let standing = try StandingState(directory, in: files) else { continue }
            let positions = try standing.checkpoint(of: standing.done).positions
            var starts = draft.state.starts[unit.name] ?? [:]
            for input in unit.inputs {
                guard let position = positions[input.name] else { continue }
                starts[input.name] = try TopicSource.offsets(at: position)
            }
            draft.restart(unit.name, from: starts)
        }
    }

    /// Starts what is to begin, once the log has the statement.
    func apply(_ changes: HostChanges, _ next: inout EngineState) {
        for host in changes.removed {
            next.hosts[host.unit.name] = nil
            if !host.unit.name.hasPrefix(PlanUnit.sinkPrefix) { forget(host.unit) }
        }
        for (unit, _) in changes.begun where changes.restarted.contains(unit.name) { forget(unit) }
        for (unit, _) in changes.begun { noteTarget(of: unit) }
        for (unit, signature) in changes.begun {
            let starts = next.starts[unit.name] ?? [:]
            let host = UnitHost(
                unit, signature: signature, on: unit.isConnected ? nil : scheduler,
                interval: unit.isConnected ? Self.pollMilliseconds : nil
            ) { [weak self] host throws(Diagnostic) in
                guard let self else { throw Diagnostic(.state, "the server has stopped") }
                return try task(of: unit, starts, host)
            }
            next.hosts[unit.name] = host
            if !next.paused.contains(unit.name) { host.start() }
        }
    }

    /// Removes the state of a unit that is not at work. What it wrote stays; another one of its name writes
    /// on behind that.
    private func forget(_ unit: PlanUnit) {
        for output in unit.outputs where topics.partitionCount(output.topic?.name ?? "") != nil {
            let sink = sinkName(unit, output)
            do throws(Diagnostic) { try topics.endWriters(of: sink, in: output) } catch { reports.add(error) }
        }
        do throws(StorageError) { try files.removeTree(directory(of: unit.name)) } catch {
            reports.add(Diagnostic(.state, "the state of \(unit.name) can't be removed: \(error.reason)"))
        }
    }

    /// How often files are looked for.
    static let pollMilliseconds = 100

    func directory(of unit: String) -> String {
        Path.join(Path.join(configuration.directory, "queries"), unit)
    }

    /// Names the writer of a topic, which may have several: each query is its own.
    private func sinkName(_ unit: PlanUnit, _ output: Relation) -> String { "\(unit.name).\(output.name)" }

    private func task(
        of unit: PlanUnit, _ starts: [String: [Int: Int64]], _ host: UnitHost
    ) throws(Diagnostic) -> PipelineTask {
        let reports = reports
        let wake: @Sendable () -> Void = { [weak host] in host?.wake() }
        let sources = try SourceFactory(
            fileSystem: files, journals: Path.join(directory(of: unit.name), "sources"),
            topics: topics.store, start: { .offsets(starts[$0.name] ?? [:]) },
            onInput: wake, report: reports.add
        ).sources(of: unit.plan, alsoReading: Array(unit.views))
        var sinks = try SinkFactory(fileSystem: files, report: reports.add).sinks(of: unit.plan)
        for output in unit.outputs {
            sinks[output.name, default: []].append(
                try TopicSink(
                    name: sinkName(unit, output), relation: output, registry: unit.plan.registry,
                    store: topics.store,
                    report: reports.add))
        }
        var settings = TaskConfiguration(stateDirectory: directory(of: unit.name))
        settings.triggerMilliseconds = configuration.triggerMilliseconds
        settings.threads = configuration.threads
        try settings.read(unit.plan.settings)
        settings.views = unit.views
        let task = PipelineTask(
            plan: unit.plan, configuration: settings, environment: environment, sources: sources,
            sinks: sinks, threads: threads)
        task.onCommit = wake
        return task
    }
}
