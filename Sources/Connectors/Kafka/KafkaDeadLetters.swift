import Diagnostics
import Kafka
import Runtime
import Storage
import Synchronization

/// Writes the dead letters of a source to a topic, exactly once: the bytes as they came, and in headers why
/// and where from.
public final class KafkaDeadLetters: DeadLetterKeeper {
    private struct State {
        var writer: KafkaEpochWriter?
        /// Letters that the topic does not take.
        var files: DeadLetterFiles?
        var letters: [(letter: DeadLetter, clock: Int64)] = []
        var clock: Int64 = 0
    }

    private let cluster: KafkaSettings
    private let creation: KafkaNewTopic
    private let relation: String
    private let fileSystem: any FileSystem
    private let report: @Sendable (Diagnostic) -> Void
    private let state = Mutex(State())

    /// Begins the value of `dead_letters` where that is a topic.
    static let scheme = "kafka://"

    /// - Parameters:
    ///   - creation: the topic, and how it is made where it is not there.
    ///   - relation: whose letters they are.
    public init(
        _ cluster: KafkaSettings, _ creation: KafkaNewTopic, relation: String,
        fileSystem: any FileSystem, report: @escaping @Sendable (Diagnostic) -> Void
    ) {
        self.cluster = cluster
        self.creation = creation
        self.relation = relation
        self.fileSystem = fileSystem
        self.report = report
    }

    public func open(instance: String, openEpoch: Int64, directory: String) throws(SinkError) {
        let name = "\(instance)/\(relation).dead-letters"
        let writer = KafkaEpochWriter(cluster, creation, applicationID: name, isTransactional: true)
        try writer.open()
        try TopicSinkIdentity(name, topic: creation.name)
            .check(writer.marked.epoch, expectedEpoch: nil, openEpoch: openEpoch)
        let files = DeadLetterFiles(
            fileSystem: fileSystem, directory: directory, sourceName: relation + "-too-large")
        state.withLock {
            $0.writer = writer
            $0.files = files
        }
    }

    public func begin(clock: Int64) {
        state.withLock {
            $0.clock = clock
            $0.letters = []
        }
    }

    public func append(_ letters: [DeadLetter], clock: Int64?) {
        state.withLock { state in
            let clock = clock ?? state.clock
            state.letters += letters.map { ($0, clock) }
        }
    }

    public func finish(epoch: Int64) -> @Sendable () throws(SinkError) -> Void {
        let (letters, writer, files) = state.withLock { state in
            defer { state.letters = [] }
            return (state.letters, state.writer, state.files)
        }
        guard let writer, let files, !letters.isEmpty else { return { () throws(SinkError) in } }
        let (topic, report) = (creation.name, report)
        return { () throws(SinkError) in
            var tooLarge = 0
            try writer.append(epoch: epoch) { outlet throws(KafkaError) in
                for (number, entry) in letters.enumerated() {
                    try Self.send(entry.letter, entry.clock, number, outlet)
                }
            } beforeCommit: { (refused: [Int: String]) throws(SinkError) in
                tooLarge = refused.count
                if refused.isEmpty { return }
                let kept = refused.keys.sorted().map { letters[$0] }
                files.begin(clock: 0)
                for (letter, clock) in kept { files.append([letter], clock: clock) }
                try files.finish(epoch: epoch)()
            }
            if tooLarge > 0 {
                report(
                    Diagnostic(
                        .limit, "the topic \(topic) takes \(tooLarge) dead letters not: they are too large",
                        hint: "they are files beside the state, under dead-letters"))
            }
        }
    }

    private static func send(
        _ letter: DeadLetter, _ clock: Int64, _ number: Int, _ outlet: KafkaEpochWriter.Outlet
    ) throws(KafkaError) {
        let headers: [(name: String, value: [UInt8]?)] = [
            ("millrace.source", letter.source), ("millrace.partition", String(letter.partition)),
            ("millrace.offset", String(letter.offset)), ("millrace.code", letter.code),
            ("millrace.reason", letter.reason),
        ].map { ($0.0, Array($0.1.utf8)) }
        // What a closure throws through the standard library loses its type.
        var failure: KafkaError?
        letter.bytes.withUnsafeBytes { bytes in
            do throws(KafkaError) {
                try outlet.send(
                    number, key: nil, value: bytes, timestamp: clock,
                    partition: letter.partition % outlet.partitionCount, headers: headers, copies: true)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
