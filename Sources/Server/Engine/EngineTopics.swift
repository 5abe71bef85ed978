import Broker
import Connectors
import Diagnostics
import Planning
import Registry
import Runtime
import Storage

/// The topics of the process, as the engine uses them.
final class EngineTopics: Sendable {
    let store: TopicStore

    init(
        _ directory: String, _ files: any FileSystem, report: @escaping @Sendable (Diagnostic) -> Void
    ) throws(Diagnostic) {
        do throws(TopicStoreError) {
            store = try TopicStore(directory: directory, fileSystem: files, report: report)
        } catch { throw error.diagnostic }
    }

    func close() { store.close() }

    /// Retention, compaction and the like; returns what went wrong.
    func tick() -> [Diagnostic] { store.tick().map(\.diagnostic) }

    // MARK: Topics

    /// Without those in which a broker keeps groups and transactions.
    var all: [EngineSnapshot.TopicStanding] {
        store.topics.filter { !$0.name.hasPrefix("__") }.map { topic in
            EngineSnapshot.TopicStanding(
                name: topic.name, partitions: topic.partitionCount,
                counts: (0..<topic.partitionCount).map { partition in
                    (try? store.bounds(topic.name, partition))?.count ?? 0
                })
        }
    }

    /// How many partitions a topic has; nil where there is none of that name.
    func partitionCount(_ name: String) -> Int? { store.topic(name)?.partitionCount }

    func create(
        _ name: String, partitions: Int, isCompacted: Bool, retention: Int64?
    ) throws(Diagnostic) {
        var configuration: [String: String] = [:]
        if isCompacted { configuration["cleanup.policy"] = "compact" }
        // Kafka's seven days go by the records' own times: old events would be gone before they are read.
        configuration["retention.ms"] = retention.map { String($0) } ?? "-1"
        do throws(TopicStoreError) {
            _ = try store.create(name, partitions: partitions, configuration: configuration)
        } catch { throw error.diagnostic }
    }

    /// What tells a topic from others of its name; nil where there is none.
    func identity(_ name: String) -> String? { store.topic(name)?.identity.description }

    /// What is gone already, or is another topic of the name, is no error.
    func delete(_ name: String, _ identity: String) throws(Diagnostic) {
        guard self.identity(name) == identity else { return }
        do throws(TopicStoreError) {
            try store.delete(name)
        } catch .unknown {
        } catch {
            throw error.diagnostic
        }
    }

    /// Lets another instance write under a sink's name.
    func endWriters(of sink: String, in relation: Relation) throws(Diagnostic) {
        guard let topic = relation.topic else { return }
        do throws(TopicStoreError) {
            try store.endWriters(of: sink, in: topic.name)
        } catch { throw error.diagnostic }
    }

    /// The present end of each partition.
    func ends(_ name: String) throws(Diagnostic) -> [Int: Int64] {
        var ends: [Int: Int64] = [:]
        do throws(TopicStoreError) {
            for partition in 0..<(partitionCount(name) ?? 0) {
                ends[partition] = try store.bounds(name, partition).end
            }
        } catch { throw error.diagnostic }
        return ends
    }
}
