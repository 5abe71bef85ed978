import Broker
import Diagnostics

extension Engine {
    /// Speaks the Kafka protocol in front of the server's topics, until it is stopped; at the latest before
    /// the engine is.
    ///
    /// Both have the same logs: queries take what clients write when it is there for readers, and clients see
    /// whole epochs of queries.
    /// - Throws: where the address is taken, or what is stored of groups and transactions can't be read.
    public func openBroker(_ settings: BrokerSettings) throws(Diagnostic) -> BrokerServer {
        try BrokerServer(topics.store, settings)
    }
}
