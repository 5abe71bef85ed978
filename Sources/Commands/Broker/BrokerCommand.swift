import Broker
import Connectors
import Diagnostics
import Formats
import Registry
import RegistryService
import Runtime
import Storage

/// `millrace broker`: the Kafka protocol for other programs, until a signal ends it.
struct BrokerCommand: Command {
    static let description = CommandDescription(
        name: "broker", summary: "run the embedded Kafka broker and registry of schemas",
        about:
            "Keeps topics on this machine and speaks the Kafka protocol to clients. It is one broker "
            + "without replicas: what is acknowledged with acks=all is on this machine's disk. Beside it "
            + "answers a registry of schemas, as Confluent's clients ask it.",
        operands: [],
        flags: [
            Flag("--config", .value("FILE"), "settings as name = value lines; flags win over them"),
            Flag("--listen", .value("HOST:PORT"), "where to listen (127.0.0.1:9092)"),
            Flag("--advertised", .value("HOST:PORT"), "where clients are told to connect (where it listens)"),
            Flag(
                "--registry", .value("HOST:PORT"), "where the registry of schemas listens (port 8081), or off"
            ),
            Flag("--data", .value("DIR"), "topics, groups, transactions, schemas (.millrace/broker)"),
            Flag(
                "--durability", .value("HOW"),
                "acks=all answers when records are on disk (disk) or written (lazy)"),
            Flag(
                "--topic", .repeated("NAME=VALUE"), "a setting of topics made from now on, as retention.ms=-1"
            ),
            Flag("--json", .toggle, "print the addresses as one JSON object when it is ready"),
        ],
        examples: [
            .init("on the usual port, with the data in .millrace/broker", "millrace broker"),
            .init(
                "for other machines, which know this one as kafka.example",
                "millrace broker --listen 0.0.0.0:9092 --advertised kafka.example:9092 --config broker.conf"),
        ])

    private static let tickMilliseconds = 1000

    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        self.arguments = arguments
        // What is wrong without the file is told before the file is read.
        if arguments.text("--config") == nil { _ = try BrokerConfiguration(arguments, nil) }
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        var file: SettingsFile?
        if let path = arguments.text("--config") { file = try SettingsFile.read(path) }
        let configuration = try BrokerConfiguration(arguments, file)
        let lock = try configuration.lock()
        defer { withExtendedLifetime(lock) {} }
        let wake = WakePipe()
        StopSignals.install(waking: wake.writing)
        defer { StopSignals.uninstall() }
        let report: @Sendable (Diagnostic) -> Void = { console.errors.line($0.rendered()) }
        let store: TopicStore
        do throws(TopicStoreError) {
            store = try TopicStore(
                directory: configuration.directory, fileSystem: LocalFileSystem(),
                durability: configuration.durability, report: report)
        } catch {
            throw error.diagnostic
        }
        defer { store.close() }
        let server = try BrokerServer(store, try configuration.settings(report: report))
        let registry = try registry(configuration, report)
        defer { registry?.stop() }
        tell(console, configuration, server, store, registry)
        while !StopSignals.isStopping {
            for failure in store.tick() { report(failure.diagnostic) }
            wake.wait(milliseconds: Self.tickMilliseconds)
        }
        server.stop()
        return .done
    }

    /// nil where it is not wanted, or where nobody has said where and the usual port is taken.
    private func registry(
        _ configuration: BrokerConfiguration, _ report: (Diagnostic) -> Void
    ) throws(Diagnostic) -> RegistryServer? {
        guard let settings = try configuration.registry(version: MillraceProgram.version) else { return nil }
        let path = Path.join(configuration.directory, "schemas.log")
        let schemas = try SchemaRegistry(storage: try RegistryLog(path, LocalFileSystem()))
        do throws(Diagnostic) {
            return try RegistryServer(schemas, settings)
        } catch {
            if configuration.hasRegistrySetting { throw error }
            var told = error
            told.message = "no registry of schemas is served: " + told.message
            told.hint = "give another place with --registry HOST:PORT, or --registry off"
            report(told)
            return nil
        }
    }

    private func tell(
        _ console: Console, _ configuration: BrokerConfiguration, _ server: BrokerServer, _ store: TopicStore,
        _ registry: RegistryServer?
    ) {
        let schemas = registry.flatMap { configuration.registryURL(port: $0.port) }
        let topics = store.topics.filter { !$0.name.hasPrefix("__") }.count
        if arguments.isSet("--json") {
            let told: JSONValue = [
                "listen": .string(server.address.text), "advertised": .string(server.advertised.text),
                "registry": schemas.map { .string($0) } ?? .null,
                "data": .string(configuration.directory), "topics": .number(topics),
            ]
            console.output.line(told.text)
        } else {
            console.output.line(
                "millrace broker: \(server.address.text), data in \(configuration.directory), "
                    + "\(topics) topic\(topics == 1 ? "" : "s")")
            if let schemas { console.output.line("  schemas at \(schemas)") }
        }
        if !server.address.isLoopback, !configuration.isProtected {
            console.errors.line(
                "warning: any program that reaches \(server.address.text) can read and write all topics; "
                    + "set users (user.NAME = password) and TLS (tls.certificate, tls.key) in --config FILE")
        }
    }
}
