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

    /// Throws when the topic and the checkpoint do not belong together; returns the last epoch that is there.
    ///
    /// - Parameters:
    ///   - expectedEpoch: the last epoch that the checkpoint says the topic has; nil when it has none.
    ///   - openEpoch: the epoch that is run next, or again. The topic may have it already, in all partitions
    ///     or some; it must have none behind it.
    func verify(
        _ store: TopicStore, _ writer: TopicWriter, expectedEpoch: Int64?, openEpoch: Int64
    ) throws(SinkError) -> Int64? {
        let (instance, sink) = parts
        for other in try TopicSink.attempting({ () throws(TopicStoreError) in try store.writers(of: topic) })
        where other.name != name && other.name.hasSuffix("/\(sink)") {
            let epoch = try TopicSink.attempting { () throws(TopicStoreError) in try other.lastEpoch() }
            guard let epoch else { continue }
            throw .refused(
                Diagnostic(
                    .state,
                    "the topic \(topic) holds epochs of another instance of \(sink): \(other.name) has "
                        + "committed up to epoch \(epoch)",
                    expected: "a topic that only this instance (\(instance)) writes to under this name",
                    hint: "go on with the state of that instance, or delete the topic"))
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
