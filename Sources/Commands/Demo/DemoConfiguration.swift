import Simulation

/// What `millrace demo` is told.
struct DemoConfiguration: Sendable {
    /// How long events are made; nil until Ctrl-C.
    var duration: Duration? = .seconds(60)
    /// Lines per second.
    var rate = 2000.0
    /// Holds the events, what is made of them, and the pipeline's state.
    var directory = "data"
    var threads = 1
    /// The Kafka cluster to use rather than a broker of the demo's own.
    var bootstrapServers: String?

    /// A shop with all faults that a pipeline is to stand.
    ///
    /// - Parameter seed: another one for each demo. The same events twice would all be duplicates.
    func simulation(of pipeline: any DemoPipeline, seed: UInt64) -> SimulationConfiguration {
        var simulation = SimulationConfiguration()
        simulation.duration = duration
        simulation.rate = rate
        simulation.seed = seed
        simulation.duplicates = 0.02
        simulation.late = 0.02
        simulation.malformed = 0.01
        simulation.bots = min(3, Int(rate / 100))
        pipeline.shop(&simulation)
        return simulation
    }
}
