import Diagnostics
import Runtime
import Simulation
import Synchronization

/// The shop of a demo, on a thread of its own.
final class DemoSimulation: Sendable {
    private struct State {
        var progress: SimulationProgress?
        /// Shops that are open, or will be.
        var open = 0
        /// Of those that have closed.
        var summary: SimulationSummary?
        var failure: Diagnostic?
        var isRush = false

        var hasEnded: Bool { open == 0 && (summary != nil || failure != nil) }
    }

    private let configuration: SimulationConfiguration
    private let rush: (shop: SimulationConfiguration, begins: Duration)?
    private let messages: MessageOptions
    private let destination: SimulationDestination
    /// For people.
    private let place: String
    private let state = Mutex(State())
    private let isStopped = Atomic<Bool>(false)

    /// How many threads it works on.
    static let threadCount = 2

    init(
        _ configuration: SimulationConfiguration, _ messages: MessageOptions, _ rush: DemoRush?,
        into stage: DemoStage
    ) {
        self.configuration = configuration
        self.messages = messages
        self.rush = rush.flatMap { rush in
            rush.shop(beside: configuration).map { (shop: $0, begins: rush.begins) }
        }
        destination = stage.events
        place = stage.place
    }

    func start(on threads: WorkerPool, wake: WakePipe) {
        state.withLock { $0.open = rush == nil ? 1 : 2 }
        threads.enqueue(bytes: 0) {
            self.run(self.configuration) { progress in self.state.withLock { $0.progress = progress } }
            // Nobody waits for a rush that is not to come any more.
            self.stop()
            wake.wake()
        }
        guard let rush else { return }
        threads.enqueue(bytes: 0) {
            self.wait(rush.begins)
            self.state.withLock { $0.isRush = true }
            self.run(rush.shop)
            self.state.withLock { $0.isRush = false }
            wake.wake()
        }
    }

    private var isStopping: Bool { isStopped.load(ordering: .relaxed) || StopSignals.isStopping }

    private static let pauseMilliseconds: Int64 = 50

    private func wait(_ duration: Duration) {
        let clock = WallClock()
        let end = clock.now() + duration.wholeMilliseconds
        while !isStopping, clock.now() < end { clock.sleep(milliseconds: Self.pauseMilliseconds) }
    }

    private func run(_ shop: SimulationConfiguration, progress: (SimulationProgress) -> Void = { _ in }) {
        do throws(Diagnostic) {
            let output = try destination.open(messages)
            var run = try SimulationRun(configuration: shop, output: output)
            let summary = try run.run(until: { self.isStopping }, progress: progress)
            state.withLock { state in
                state.open -= 1
                var sum = state.summary ?? summary
                if state.summary != nil {
                    sum.tally = sum.tally + summary.tally
                    sum.files += summary.files
                    sum.bytes += summary.bytes
                    sum.elapsed = max(sum.elapsed, summary.elapsed)
                }
                state.summary = sum
            }
        } catch {
            state.withLock { state in
                state.open -= 1
                state.failure = state.failure ?? error
            }
        }
    }

    /// Ends it with the file at hand.
    func stop() { isStopped.store(true, ordering: .relaxed) }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// What was made; nil while it runs, or when it failed.
    var summary: SimulationSummary? { state.withLock { $0.hasEnded ? $0.summary : nil } }

    var failure: Diagnostic? { state.withLock { $0.failure } }

    /// A line for the live view.
    var note: String {
        let place = " into \(place)"
        return state.withLock { state in
            if let failure = state.failure { return "the simulation failed: \(failure.message)" }
            if state.hasEnded, let summary = state.summary {
                return "\(NumberDisplay.grouped(summary.lines)) lines simulated" + place
                    + "; the pipeline takes what is left of them"
            }
            var note = "simulating \(NumberDisplay.rate(configuration.eventsPerSecond))" + place
            if let duration = configuration.duration, let elapsed = state.progress?.elapsed {
                let left = (duration - elapsed).wholeMilliseconds + 999
                note += ", \(NumberDisplay.wholeSeconds(milliseconds: left)) left"
            } else if configuration.duration == nil {
                note += ", until Ctrl-C"
            }
            return state.isRush ? note + "; now a rush of visitors" : note
        }
    }
}
