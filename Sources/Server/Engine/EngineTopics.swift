import Diagnostics
import Planning
import Registry
import Runtime
import Storage

/// The topics of the process.
final class EngineTopics: Sendable {
    init(_ directory: String, _ files: any FileSystem) throws(Diagnostic) {}
    func close() {}
    func standing(_ name: String) -> EngineSnapshot.TopicStanding? { nil }
    var all: [EngineSnapshot.TopicStanding] { [] }
    func create(_ name: String, partitions: Int, isCompacted: Bool, retention: Int64?) throws(Diagnostic) {}
    func delete(_ name: String) {}
    func ends(_ name: String) -> [Int: Int64] { [:] }
    func offsets(at position: [UInt8]) throws(Diagnostic) -> [Int: Int64] { [:] }
    func source(
        of relation: Relation, from start: [Int: Int64], wake: @escaping @Sendable () -> Void
    )
        throws(Diagnostic) -> any Source
    { fatalError("to come") }
    func sink(of relation: Relation, _ registry: SchemaRegistry) throws(Diagnostic) -> any Sink {
        fatalError("to come")
    }
}
