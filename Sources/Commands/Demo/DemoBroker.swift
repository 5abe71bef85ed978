import Diagnostics

/// The Kafka of a demo: the cluster that a flag or the environment names, or the embedded broker, in this
/// process.
///
/// The embedded one listens on a free port of this machine. Its topics and schemas are in the demo's
/// directory, and the next demo there goes on with them.
final class DemoBroker {
    /// `HOST:PORT`, several separated by commas.
    let servers: String
    /// Where schemas are registered: of the cluster what the environment says, else the embedded one's.
    let registryURL: String?
    private let embedded: EmbeddedBroker?
    private let directory: String

    static let folder = "broker"

    private static let variables = ["MILLRACE_BOOTSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVERS"]
    private static let registryVariable = "MILLRACE_SCHEMA_REGISTRY_URL"

    /// Finds the cluster or starts a broker, and says which.
    ///
    /// - Parameters:
    ///   - directory: of the demo.
    ///   - servesRegistry: whether an embedded broker has a registry of schemas beside it.
    init(_ setting: DemoSetting, directory: String, servesRegistry: Bool = false) throws(Diagnostic) {
        let console = setting.console
        func value(_ name: String) -> String? { console.environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        self.directory = directory + "/" + Self.folder
        let registry = value(Self.registryVariable)
        let variable = Self.variables.first { value($0) != nil }
        if let named = setting.bootstrapServers ?? variable.flatMap(value) {
            (servers, registryURL, embedded) = (named, registry, nil)
            let source = setting.bootstrapServers != nil ? "--bootstrap-servers" : variable ?? ""
            console.errors.line("Kafka: \(named), as \(source) says")
        } else {
            let broker = try EmbeddedBroker(
                BrokerConfiguration(
                    directory: self.directory, servesRegistry: servesRegistry && registry == nil)
            ) { console.errors.line($0.rendered()) }
            (servers, registryURL, embedded) = (
                broker.advertised.text, registry ?? broker.registryURL, broker
            )
            console.errors.line(
                "Kafka: \(servers), the broker of this program, with its topics in \(self.directory)")
        }
        if servesRegistry, let registryURL { console.errors.line("schemas: \(registryURL)") }
    }

    /// Ends the broker, if it is ours.
    func close() { embedded?.stop() }

    // MARK: Commands to copy

    /// Serves an embedded broker's topics again, for commands that ask it at its usual place; nil where the
    /// cluster is not ours.
    func serveCommand(_ program: String) -> String? {
        guard embedded != nil else { return nil }
        return "\(program) broker --data \(ShellText.word(directory)) &   # its topics, on port 9092"
    }

    /// Where the cluster is when the demo has ended.
    var laterServers: String { embedded == nil ? servers : "localhost:9092" }
}
