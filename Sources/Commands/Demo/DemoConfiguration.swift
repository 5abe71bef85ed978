import Simulation

/// What `millrace demo` is told.
struct DemoConfiguration: Sendable {
    var pipeline = "medallion"
    /// How long events are made; nil until Ctrl-C.
    var duration: Duration? = .seconds(60)
    /// Lines per second.
    var rate = 2000.0
    /// Holds the raw files, the lake and the pipeline's state.
    var directory = "data"
    var threads = 1

    /// The table whose newest rows are shown.
    var watchedRelation = "revenue"

    var rawDirectory: String { directory + "/raw/events" }
    var stateDirectory: String { directory + "/.millrace/" + pipeline }

    /// A shop with all faults that the pipeline is to stand: a file every two seconds, so that something is
    /// to be seen soon.
    ///
    /// - Parameter seed: another one for each demo. The same events twice would all be duplicates.
    func simulation(seed: UInt64) -> SimulationConfiguration {
        var simulation = SimulationConfiguration()
        simulation.profile = .medallion
        simulation.duration = duration
        simulation.rate = rate
        simulation.every = .seconds(2) ... .seconds(2)
        simulation.seed = seed
        simulation.duplicates = 0.02
        simulation.late = 0.02
        simulation.malformed = 0.01
        simulation.bots = min(3, Int(rate / 100))
        return simulation
    }
}
