import Diagnostics
import Planning
import Storage

// Sinks that a quality rule stops: from the epoch on in which it failed they get nothing, and what is theirs
// is kept, until somebody resumes them.
//
// ```
// <state>/withheld/<sink>/<epoch>.rows   what it has not got
// <state>/withheld/<sink>/resumed        the epoch with which it gets all of that
// ```
extension PipelineTask {
    /// The name of the stops beside the state.
    static let stopsAttachment = "stops"

    private func withheld(_ sink: String) -> WithheldRows {
        WithheldRows(
            fileSystem: environment.fileSystem,
            directory: Path.join(configuration.stateDirectory, "withheld/" + sink.lowercased()))
    }

    private func resumptionPath(_ sink: String) -> String {
        Path.join(withheld(sink).directory, "resumed")
    }

    var stoppableSinks: [StoppableSink] { allSinks.compactMap { $0 as? StoppableSink } }

    // MARK: Start

    /// Puts itself between the pipeline and the sinks that a rule may stop, or that were stopped when it had
    /// other rules.
    func wrapStoppableSinks() throws(Diagnostic) {
        var names = Set(plan.quality?.rules.flatMap(\.stoppedSinks) ?? [])
        let directory = Path.join(configuration.stateDirectory, "withheld")
        do throws(StorageError) {
            if try environment.fileSystem.status(directory) != nil {
                let kept = Set(try environment.fileSystem.list(directory).map(\.name))
                names.formUnion(allSinks.map(\.name).filter { kept.contains($0.lowercased()) })
            }
        } catch {
            throw Diagnostic(.state, "withheld rows can't be listed: \(error.reason) (\(error.path))")
        }
        guard !names.isEmpty else { return }
        for (name, targets) in sinks {
            guard let relation = plan.catalogue.relation(name) else { continue }
            sinks[name] = targets.map { sink in
                names.contains(sink.name) && !(sink is StoppableSink)
                    ? StoppableSink(sink, of: relation, withheld(sink.name)) : sink
            }
        }
    }

    /// Takes up which sinks are stopped.
    func openStops() throws(Diagnostic) {
        let bytes = checkpoint?.attachments[Self.stopsAttachment]
        guard let stops = bytes.map(SinkStops.init) ?? SinkStops() else {
            throw Diagnostic(
                .incompatibleVersion,
                "the stopped sinks in \(configuration.stateDirectory) are of another version",
                hint: "use the Millrace version that wrote it, or start over with another --state directory")
        }
        let known = Set(stoppableSinks.map(\.name))
        if let lost = stops.stops.keys.sorted().first(where: { !known.contains($0) }) {
            throw Diagnostic(
                .state, "the sink \(lost) is stopped, its rows are withheld, and the pipeline lacks it now",
                hint: "put it back; or give its rows up with another --state directory")
        }
        sinkStops = stops
        for sink in stoppableSinks {
            // A crash may have come between an epoch that gave a sink its rows and their removal.
            guard stops[sink.name] != nil else {
                try forgetRows(of: sink, upTo: ended)
                continue
            }
            let last = ended
            try onDisk { () throws(StorageError) in
                withheldCounts[sink.name] = try sink.withheld.rowCount(sink.relation, upTo: last)
            }
        }
    }

    /// Notes durably which sinks are to be resumed, with the next epoch.
    func resumeSinks() throws(Diagnostic) {
        let asked = configuration.resumedSinks.flatMap { name in
            name.lowercased() == "all" ? sinkStops.stops.keys.sorted() : [name]
        }
        for name in asked {
            guard let sink = stoppableSinks.first(where: { $0.name.lowercased() == name.lowercased() }),
                sinkStops[sink.name] != nil
            else {
                let stopped = sinkStops.stops.keys.sorted()
                let suggestion = NearestName.suggestion(for: name, among: stopped)
                throw Diagnostic(
                    .usage, "the sink \(name) is not stopped",
                    expected: stopped.isEmpty
                        ? "nothing: no sink is stopped" : "one of " + stopped.joined(separator: ", "),
                    hint: suggestion.map { "did you mean \($0)?" } ?? "leave --resume-sink out")
            }
            var text = BinaryEncoder()
            text.add(contentsOf: Array("\(ended + 1)\n".utf8))
            let bytes = text.bytes
            try onDisk { () throws(StorageError) in
                try environment.fileSystem.createDirectory(sink.withheld.directory)
                let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
                defer { copy.deallocate() }
                copy.copyBytes(from: bytes)
                try environment.fileSystem.writeAtomically(
                    UnsafeRawBufferPointer(copy), to: resumptionPath(sink.name))
            }
        }
    }

    /// The sinks that get with an epoch what was withheld from them.
    private func resumed(with epoch: Int64) throws(Diagnostic) -> [StoppableSink] {
        var found: [StoppableSink] = []
        for sink in stoppableSinks where sinkStops[sink.name] != nil {
            let path = resumptionPath(sink.name)
            try onDisk { () throws(StorageError) in
                guard try environment.fileSystem.status(path) != nil else { return }
                let text = String(decoding: try environment.fileSystem.read(path), as: UTF8.self)
                if Int64(text.split(separator: "\n").first ?? "") == epoch { found.append(sink) }
            }
        }
        return found
    }

    /// Whether an epoch is to be made although nothing comes: a sink waits for what was withheld from it.
    func hasResumption() throws(Diagnostic) -> Bool {
        sinkStops.isEmpty ? false : try !resumed(with: ended + 1).isEmpty
    }

    // MARK: Epochs

    /// Tells each sink what becomes of the epoch that ends.
    ///
    /// - Parameter failed: rules that failed in it.
    /// - Returns: the stops that have ended, by sink.
    func decideStops(
        _ open: OpenEpoch, failed: [QualityRule]
    ) throws(Diagnostic) -> [String: SinkStops.Stop] {
        guard !stoppableSinks.isEmpty else { return [:] }
        let former = sinkStops
        let resumed = sinkStops.isEmpty ? [] : try resumed(with: open.number)
        for sink in resumed { sinkStops.resume(sink.name) }
        for rule in failed {
            for sink in rule.stoppedSinks {
                sinkStops.stop(
                    sink, SinkStops.Stop(rule: rule.name, epoch: open.number, clock: open.clock))
            }
        }
        for sink in stoppableSinks {
            if sinkStops[sink.name] != nil {
                withheldCounts[sink.name, default: 0] += sink.waitingRows
                sink.decide(.isWithheld)
            } else if resumed.contains(where: { $0 === sink }) {
                var contents: [WithheldRows.Content] = []
                try onDisk { () throws(StorageError) in
                    for epoch in try sink.withheld.epochs() where epoch < open.number {
                        contents.append(try sink.withheld.read(epoch, sink.relation))
                    }
                }
                sink.decide(.isResumed(contents))
            }
        }
        return former.stops.filter { sinkStops[$0.key] == nil }
    }

    /// Removes what resumed sinks have got with an epoch that is done.
    func forgetWithheldRows(upTo epoch: Int64) throws(Diagnostic) {
        for sink in stoppableSinks {
            guard let stop = sinkStops[sink.name] else {
                if withheldCounts.removeValue(forKey: sink.name) != nil {
                    try forgetRows(of: sink, upTo: epoch)
                }
                continue
            }
            // Resumed, and stopped again at once: what was withheld before still is.
            if stop.epoch == epoch { try forgetResumption(of: sink) }
        }
    }

    private func forgetRows(of sink: StoppableSink, upTo epoch: Int64) throws(Diagnostic) {
        try onDisk { () throws(StorageError) in try sink.withheld.remove(upTo: epoch) }
        try forgetResumption(of: sink)
    }

    private func forgetResumption(of sink: StoppableSink) throws(Diagnostic) {
        let path = resumptionPath(sink.name)
        try onDisk { () throws(StorageError) in
            do throws(StorageError) { try environment.fileSystem.remove(path) } catch .missing {}
        }
    }

    /// What the table of results notes of sinks: rows withheld, and those that were late or repeats. A sink
    /// that gets no rows in an epoch notes nothing itself.
    func sinkNotes(_ flow: Flow) -> [String: Int64] {
        var notes: [String: Int64] = [:]
        for (relation, targets) in sinks {
            let counts = flow.notes(for: relation)
            for sink in targets {
                let name = sink.name.lowercased()
                if sinkStops[sink.name] != nil { notes["withheld." + name] = withheldCounts[sink.name] ?? 0 }
                for what in ["late", "duplicates"] {
                    if let count = counts[what], count > 0 { notes["\(what).\(name)"] = count }
                }
            }
        }
        return notes
    }

    func describeStops(into status: inout PipelineStatus) {
        status.stoppedSinks = sinkStops.stops.sorted { $0.key < $1.key }.map { name, stop in
            StoppedSink(
                name: name, rule: stop.rule, epoch: stop.epoch, since: stop.clock,
                withheldRows: withheldCounts[name] ?? 0)
        }
    }

    private func onDisk(_ step: () throws(StorageError) -> Void) throws(Diagnostic) {
        try persisting("withheld rows", step)
    }
}
