import Diagnostics
import Runtime

/// What all endpoints share.
final class RESTContext: Sendable {
    let engine: Engine
    let configuration: RESTConfiguration
    let tally = RequestTally()
    let statuses = CommandStatuses()
    let answers = OpenAnswers()
    /// Ends the server, after `/ksql/terminate`.
    let shutDown: @Sendable () -> Void

    init(
        _ engine: Engine, _ configuration: RESTConfiguration, shutDown: @escaping @Sendable () -> Void
    ) {
        self.engine = engine
        self.configuration = configuration
        self.shutDown = shutDown
    }

    /// The server's name where ksqlDB tells a host's.
    var address: String { "\(configuration.host):\(configuration.port)" }
}
