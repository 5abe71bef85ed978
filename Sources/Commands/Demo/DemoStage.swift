import Diagnostics
import Simulation

/// What a demo stands on once its services are there: where the shop's events go, and what the pipeline is
/// told.
struct DemoStage {
    /// A directory, or a topic of the broker.
    let events: SimulationDestination
    /// Values for the pipeline's DEFINEs.
    var variables: [String: String] = [:]
    /// Files with configurations of Kafka Connect's connectors.
    var connectors: [String] = []
    /// For pipelines with topics.
    var broker: DemoBroker?

    /// Makes the directory or the topic: the pipeline may ask for it before the first event is there.
    func prepare(_ messages: MessageOptions) throws(Diagnostic) {
        switch events {
        case .directory(let path): _ = try LocalDirectory(path: path)
        case .topic(let topic, let servers):
            _ = try TopicOutput.partitionCount(of: topic, servers: servers, messages)
        }
    }

    /// Lets go of the services that live in this process.
    func close() { broker?.close() }

    /// Where the events are, for people.
    var place: String {
        switch events {
        case .directory(let path): path
        case .topic(let topic, let servers): "the topic \(topic) at \(servers)"
        }
    }
}
