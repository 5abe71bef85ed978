import Columnar
import Diagnostics
import Planning
import State
import Synchronization

/// A plan at work for as long as somebody watches it: its state is in memory, nothing of it is kept.
///
/// Its subscribers get rows and changes at the end of each step. All methods belong to one thread at a time.
public final class TransientTask {
    private let sources: [(relation: String, source: any Source)]
    private let flow: Flow
    private let stores: Stores
    private let environment: TaskEnvironment
    private let stateLimit: Int

    private final class Stores {
        var all: [KeyedStateStore] = []
    }

    /// - Parameters:
    ///   - sources: by relation; they are where reading begins.
    ///   - subscribers: by relation.
    ///   - stateLimit: bytes of state above which it gives up.
    public init(
        plan: PipelinePlan, environment: TaskEnvironment, sources: [String: any Source],
        subscribers: [String: [any Subscriber]], workers: WorkerPool, stateLimit: Int
    ) throws(Diagnostic) {
        self.environment = environment
        self.stateLimit = stateLimit
        self.sources = plan.catalogue.order.compactMap { name in sources[name].map { (name, $0) } }
        let stores = Stores()
        self.stores = stores
        flow = FlowBuilder(
            plan: plan, sinks: [:], subscribers: subscribers, workers: workers,
            seed: Fingerprint(low: environment.entropy(), high: environment.entropy()), firstMark: 1
        ) { layout in
            let store = KeyedStateStore(layout)
            stores.all.append(store)
            return store
        }.build()
        for (_, source) in self.sources { try source.restore(nil) }
    }

    private static let stepBytes = 1 << 20

    /// Takes what input there is, some of it at least; false where there was none.
    ///
    /// - Parameter isFinal: reads sources that meet in joins in the order of their times.
    public func step(isFinal: Bool = false) throws(Diagnostic) -> Bool {
        var found = false
        let clock = environment.clock()
        let turns = isFinal ? flow.turns(of: sources.map(\.relation)) : nil
        for index in turns ?? Array(sources.indices) {
            let (relation, source) = sources[index]
            let ranges = try source.poll(maximumBytes: Self.stepBytes, isFinal: isFinal)
            guard !ranges.isEmpty else { continue }
            found = true
            var loaders: [ChunkLoader] = []
            for range in ranges { loaders += try source.chunks(of: range, targetBytes: Self.stepBytes / 4) }
            try flow.run(loaders, of: relation, clock: clock) { _, _ in }
            // Whose turn it is may be another matter now.
            if turns != nil { break }
        }
        guard found else { return false }
        do throws(StateError) { try flow.endEpoch() } catch {
            throw Diagnostic(.state, error.message, hint: error.hint)
        }
        for store in stores.all { store.endEpoch() }
        let bytes = stores.all.reduce(0) { $0 + $1.memoryBytes }
        guard bytes <= stateLimit else {
            throw Diagnostic(
                .state, "the query holds more than \(stateLimit >> 20) MiB of state",
                hint: "make a table of it with CREATE TABLE … AS SELECT, whose state may exceed memory")
        }
        return true
    }
}
