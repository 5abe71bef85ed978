import Diagnostics
import Runtime
import Simulation
import Synchronization

/// The shop of a demo, on a thread of its own.
final class DemoSimulation: Sendable {
    private struct State {
        var progress: SimulationProgress?
        var summary: SimulationSummary?
        var failure: Diagnostic?
    }

    private let configuration: SimulationConfiguration
    private let messages: MessageOptions
    private let destination: SimulationDestination
    /// For people.
    private let place: String
    private let state = Mutex(State())
    private let isStopped = Atomic<Bool>(false)

    init(_ configuration: SimulationConfiguration, _ messages: MessageOptions, into stage: DemoStage) {
        self.configuration = configuration
        self.messages = messages
        destination = stage.events
        place = stage.place
    }

    func start(on threads: WorkerPool, wake: WakePipe) {
        threads.enqueue(bytes: 0) {
            do throws(Diagnostic) {
                let output = try self.destination.open(self.messages)
                var run = try SimulationRun(configuration: self.configuration, output: output)
                let summary = try run.run(
                    until: { self.isStopped.load(ordering: .relaxed) || StopSignals.isStopping },
                    progress: { progress in self.state.withLock { $0.progress = progress } })
                self.state.withLock { $0.summary = summary }
            } catch {
                self.state.withLock { $0.failure = error }
            }
            wake.wake()
        }
    }

    /// Ends it with the file at hand.
    func stop() { isStopped.store(true, ordering: .relaxed) }

    var hasEnded: Bool { state.withLock { $0.summary != nil || $0.failure != nil } }

    /// What was made; nil while it runs, or when it failed.
    var summary: SimulationSummary? { state.withLock { $0.summary } }

    var failure: Diagnostic? { state.withLock { $0.failure } }

    /// A line for the live view.
    var note: String {
        let place = " into \(place)"
        return state.withLock { state in
            if let failure = state.failure { return "the simulation failed: \(failure.message)" }
            if let summary = state.summary {
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
            return note
        }
    }
}
