import Diagnostics

/// Who writes: the instance, made with its state directory, and the sink's name in it.
public struct SinkIdentity: Hashable, Sendable {
    public let instance: String
    public let sink: String

    public init(instance: String, sink: String) {
        self.instance = instance
        self.sink = sink
    }

    /// The application id in the log: `<instance>/<sink>`.
    public var appId: String { instance + "/" + sink }

    /// The service whose task the instance is, `<service>-<number>`; nil for one that works by itself.
    var service: Substring? {
        guard let dash = instance.lastIndex(of: "-") else { return nil }
        let number = instance[dash...].dropFirst()
        return !number.isEmpty && number.utf8.allSatisfy { 48...57 ~= $0 } ? instance[..<dash] : nil
    }

    /// Whether it is for this writer to join files and to clean up: of the tasks of a service the first does.
    public var isMaintainer: Bool { service.map { instance == $0 + "-0" } ?? true }

    /// Whether this is the application id of another task of the same service and sink: it has other keys.
    func isPeer(_ other: String) -> Bool {
        guard let service, other != appId, other.hasSuffix("/" + sink) else { return false }
        return SinkIdentity(instance: String(other.dropLast(sink.utf8.count + 1)), sink: sink).service
            == service
    }

    /// Whether an instance is another task of the same service.
    func isPeer(instance other: String) -> Bool {
        isPeer(other + "/" + sink)
    }

    /// Throws when the table and the checkpoint do not belong together.
    ///
    /// - Parameters:
    ///   - expectedEpoch: the last epoch that the checkpoint says was committed to this table; nil when none
    ///     was.
    ///   - openEpoch: the epoch that is run next, or again. The table may have it already, since a crash
    ///     between its commit and the end of the epoch leaves it so; it must have none behind it.
    public func verify(_ table: DeltaTable, expectedEpoch: Int64?, openEpoch: Int64) throws(DeltaError) {
        let snapshot = try table.refresh()
        let location = table.store.location
        let suffix = "/" + sink
        let others = snapshot.transactions.values.filter {
            $0.appId.hasSuffix(suffix) && $0.appId != appId && !isPeer($0.appId)
        }
        if let other = others.max(by: { $0.version < $1.version }) {
            throw .refused(
                Diagnostic(
                    .state,
                    "the table at \(location) holds epochs of another instance of sink \(sink): "
                        + "\(other.appId) has committed up to epoch \(other.version)",
                    expected: "a table that only this instance (\(instance)) writes to with this sink",
                    hint:
                        "run with the state directory of that instance (--state), give the sink another "
                        + "name, or write to another path"))
        }
        let last = snapshot.lastCommitted(appId)
        if let expectedEpoch, (last ?? -1) < expectedEpoch {
            throw .refused(
                Diagnostic(
                    .state,
                    "the table at \(location) lacks epoch \(expectedEpoch), which the checkpoint says was "
                        + "committed; "
                        + (last.map { "its last one is \($0)" } ?? "it has none of sink \(sink)"),
                    expected: "epoch \(expectedEpoch) in the table's log",
                    hint: "restore the table, or start with a new state directory (--state) and an empty path"
                ))
        }
        if let last, last > openEpoch {
            throw .refused(
                Diagnostic(
                    .state,
                    "the table at \(location) is at epoch \(last) of sink \(sink), but the checkpoint goes "
                        + "on with epoch \(openEpoch)",
                    expected: "the checkpoint that belongs to the table",
                    hint: "run with the newest state directory (--state), or write to another path"))
        }
    }
}
