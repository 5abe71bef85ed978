import Broker
import Diagnostics
import Runtime

/// Who writes to a topic: the instance, made with its state directory, and the sink's name in it.
struct TopicSinkIdentity {
    /// `<instance>/<sink>`, as the topic knows its writer.
    let name: String
    private let topic: String

    init(_ applicationID: String, topic: String) {
        name = applicationID
        self.topic = topic
    }

    private var parts: (instance: Substring, sink: Substring) {
        let parts = name.split(separator: "/", maxSplits: 1)
        return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
    }

    /// Whether the instance is this one or a task of the same service, which write to a topic together.
    func isOwn(_ other: Substring) -> Bool {
        let own = parts.instance
        guard other != own, let dash = own.lastIndex(of: "-") else { return other == own }
        let service = own[...dash]
        let numbers = [own[service.endIndex...], other.dropFirst(service.count)]
        return other.hasPrefix(service) && numbers.allSatisfy { UInt($0) != nil }
    }

    /// Refuses a topic that has epochs of another instance.
    ///
    /// - Parameters:
    ///   - epoch: the last one that it has.
    ///   - wayOut: what may be done beside going on with that instance.
    func taken(by other: String, at epoch: Int64, wayOut: String) -> Diagnostic {
        Diagnostic(
            .state,
            "the topic \(topic) holds epochs of another instance of \(parts.sink): \(other) has "
                + "committed up to epoch \(epoch)",
            expected: "a topic that only this instance (\(parts.instance)) writes to under this name",
            hint: "go on with the state of that instance, or \(wayOut)")
    }

    /// Throws when the topic and the checkpoint do not belong together; returns the last epoch that is there.
    ///
    /// - Parameters:
    ///   - expectedEpoch: the last epoch that the checkpoint says the topic has; nil when it has none.
    ///   - openEpoch: the epoch that is run next, or again. The topic may have it already, in all partitions
    ///     or some; it must have none behind it.
    func verify(
        _ store: TopicStore, _ writer: TopicWriter, expectedEpoch: Int64?, openEpoch: Int64
    ) throws(SinkError) -> Int64? {
        let sink = parts.sink
        for other in try TopicSink.attempting({ () throws(TopicStoreError) in try store.writers(of: topic) })
        where other.name != name && other.name.hasSuffix("/\(sink)") {
            let epoch = try TopicSink.attempting { () throws(TopicStoreError) in try other.lastEpoch() }
            guard let epoch else { continue }
            throw .refused(taken(by: other.name, at: epoch, wayOut: "delete the topic"))
        }
        let last = try TopicSink.attempting { () throws(TopicStoreError) in try writer.lastEpoch() }
        try check(last, expectedEpoch: expectedEpoch, openEpoch: openEpoch)
        return last
    }

    /// Throws where the last epoch that the topic has is none that it can have.
    func check(_ last: Int64?, expectedEpoch: Int64?, openEpoch: Int64) throws(SinkError) {
        let sink = parts.sink
        if let expectedEpoch, (last ?? -1) < expectedEpoch {
            throw .refused(
                Diagnostic(
                    .state,
                    "the topic \(topic) lacks epoch \(expectedEpoch), which the checkpoint says was "
                        + "committed; "
                        + (last.map { "its last one is \($0)" } ?? "it has none of \(sink)"),
                    expected: "epoch \(expectedEpoch) in the topic's logs",
                    hint: "restore the topic, or drop the query and create it again"))
        }
        if let last, last > openEpoch {
            throw .refused(
                Diagnostic(
                    .state,
                    "the topic \(topic) is at epoch \(last) of \(sink), but the checkpoint goes on with "
                        + "epoch \(openEpoch)",
                    expected: "the checkpoint that belongs to the topic",
                    hint: "go on with the newest state, or delete the topic"))
        }
    }
}
