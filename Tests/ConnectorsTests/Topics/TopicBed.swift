import Broker
import Columnar
import Diagnostics
import Language
import Planning
import Registry
import Storage
import TestKit

@testable import Connectors
@testable import Runtime

/// Topics on a simulated disk, and statements over them.
final class TopicBed {
    static let clock: Int64 = 1_700_000_000_000

    var files: SimulatedFileSystem
    var store: TopicStore
    let registry = SchemaRegistry()

    init(_ files: SimulatedFileSystem = .init()) throws {
        self.files = files
        store = try Self.open(files)
    }

    private static func open(_ files: SimulatedFileSystem) throws -> TopicStore {
        try TopicStore(directory: "/topics", fileSystem: files, clock: { clock })
    }

    func losePower(seed: UInt64) throws {
        files = files.crash(seed: seed)
        store = try Self.open(files)
    }

    func plan(_ statements: String) throws -> PipelinePlan {
        var planner = PipelinePlanner(registry: registry)
        var reader = ScriptReader(statements)
        while let statement = try reader.next() { try planner.add(statement) }
        return planner.plan
    }

    /// Makes the topics that relations of the plan live in.
    func makeTopics(of plan: PipelinePlan, partitions: Int) throws {
        for name in plan.catalogue.order {
            guard let topic = plan.catalogue.relation(name)?.topic?.name, store.topic(topic) == nil else {
                continue
            }
            try store.create(topic, partitions: partitions, configuration: ["retention.ms": "-1"])
        }
    }

    /// A task whose queries write the topics of what they make, each by a sink of its name.
    func task(
        _ plan: PipelinePlan, state: String = "/state", epochBytes: Int = 1 << 20,
        more: [String: any Sink] = [:]
    ) throws -> PipelineTask {
        var sinks: [String: [any Sink]] = [:]
        for query in plan.queries where query.output.topic != nil {
            let name = query.output.name
            if let sink = more[name] {
                sinks[name] = [sink]
                continue
            }
            sinks[name] = [
                try TopicSink(name: query.id, relation: query.output, registry: registry, store: store)
            ]
        }
        var configuration = TaskConfiguration(stateDirectory: state)
        configuration.threads = 1
        configuration.epochBytes = epochBytes
        configuration.chunkBytes = 500
        configuration.patienceMilliseconds = 0
        let factory = SourceFactory(fileSystem: files, topics: store, report: { _ in })
        return PipelineTask(
            plan: plan, configuration: configuration,
            environment: TaskEnvironment(
                fileSystem: files, clock: { Self.clock }, monotonic: { 0 },
                entropy: { 0x9E37_79B9_7F4A_7C15 }),
            sources: try factory.sources(of: plan), sinks: sinks)
    }

    func relation(_ name: String, in plan: PipelinePlan) throws -> Relation {
        guard let relation = plan.catalogue.relation(name) else {
            throw Diagnostic(.unknownSource, "no \(name)")
        }
        return relation
    }

    /// What a pipeline reads from the topic of a relation, partition by partition.
    func rows(of relation: Relation, in plan: String) throws -> [MemorySink.Record] {
        let plan = try self.plan(
            plan + "CREATE \(relation.kind.rawValue) READ AS SELECT * FROM \(relation.name);")
        let sink = MemorySink(name: "READ")
        let state = "/reading \(files.operationCount)"
        try task(plan, state: state, more: ["READ": sink]).run(once: true)
        return sink.records
    }

    /// Everything in a topic, by partition.
    func records(_ topic: String) throws -> [[TopicRecord]] {
        let reader = try store.reader(topic)
        return try (0..<reader.topic.partitionCount).map { partition in
            var offset = try reader.bounds(partition).start
            var records: [TopicRecord] = []
            while true {
                let fetched = try reader.read(partition, from: offset, maximumBytes: 1 << 20)
                if fetched.nextOffset == offset { return records }
                records += try fetched.records().map(\.record)
                offset = fetched.nextOffset
            }
        }
    }

    func values(_ topic: String) throws -> [[String]] {
        try records(topic).map { $0.map { String(decoding: $0.value ?? [], as: UTF8.self) } }
    }
}

/// A sink and what a task does with it.
struct SinkRun {
    let sink: TopicSink
    private static let workers = WorkerPool(threads: 1)

    init(
        _ bed: TopicBed, _ relation: Relation, application: String = "me/sink", expected: Int64? = nil,
        open: Int64 = 1
    ) throws {
        sink = try TopicSink(name: "sink", relation: relation, registry: bed.registry, store: bed.store)
        let context = SinkContext(
            applicationID: application, workers: Self.workers, seed: 1, deadLetterDirectory: "/letters")
        try sink.open(context, expectedEpoch: expected, openEpoch: open)
    }

    @discardableResult
    func epoch(_ number: Int64, _ rows: [StreamRows]) throws -> Int64? {
        try sink.begin(epoch: number, clock: TopicBed.clock)
        for part in rows { sink.write(part) }
        return try finish()
    }

    @discardableResult
    func epoch(_ number: Int64, _ changes: [ChangeBatch]) throws -> Int64? {
        try sink.begin(epoch: number, clock: TopicBed.clock)
        for part in changes { sink.write(part) }
        return try finish()
    }

    private func finish() throws -> Int64? {
        let ended = sink.end()
        try ended.prepare()
        try ended.commit(SinkCommit())
        // As after a failure that was none.
        try ended.commit(SinkCommit())
        return ended.lastEpochWithRows
    }
}

extension StreamRows {
    /// Rows of a relation's own columns; nil is a record without a value.
    init(_ relation: Relation, _ rows: [(values: [Value]?, key: [Value], time: Int64)]) {
        let values = rows.map { $0.key + ($0.values ?? relation.values.map { _ in .null }) }
        var presence: Bitmap?
        for (index, row) in rows.enumerated() where row.values == nil {
            let bits = presence ?? Bitmap(repeating: true, count: rows.count)
            bits.clear(index)
            presence = bits
        }
        self.init(
            relation: relation, count: rows.count,
            columns: Self.columns(relation, values), eventTimes: Column.bigints(rows.map(\.time)),
            valuePresence: presence, firstSequence: 0)
    }

    static func columns(_ relation: Relation, _ rows: [[Value]]) -> [Column] {
        let own = relation.columns.enumerated().map { index, column in
            let builder = ColumnBuilder(type: column.type)
            for row in rows { builder.append(row[index]) }
            return builder.finish()
        }
        return own + PseudoColumn.allCases.map { _ in RowBatch.absent }
    }
}
