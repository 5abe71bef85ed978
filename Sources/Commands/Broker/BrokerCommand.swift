import Diagnostics
import Formats
import Runtime

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

    /// A signal ends a wait.
    private static let waitMilliseconds = 60_000

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
        let wake = WakePipe()
        StopSignals.install(waking: wake.writing)
        defer { StopSignals.uninstall() }
        let broker = try EmbeddedBroker(configuration) { console.errors.line($0.rendered()) }
        defer { broker.stop() }
        tell(console, configuration, broker)
        while !StopSignals.isStopping { wake.wait(milliseconds: Self.waitMilliseconds) }
        return .done
    }

    private func tell(_ console: Console, _ configuration: BrokerConfiguration, _ broker: EmbeddedBroker) {
        let topics = broker.topicCount
        if arguments.isSet("--json") {
            let told: JSONValue = [
                "listen": .string(broker.address.text), "advertised": .string(broker.advertised.text),
                "registry": broker.registryURL.map { .string($0) } ?? .null,
                "data": .string(configuration.directory), "topics": .number(topics),
            ]
            console.output.line(told.text)
        } else {
            console.output.line(
                "millrace broker: \(broker.address.text), data in \(configuration.directory), "
                    + "\(topics) topic\(topics == 1 ? "" : "s")")
            if let schemas = broker.registryURL { console.output.line("  schemas at \(schemas)") }
        }
        if !broker.address.isLoopback, !configuration.isProtected {
            console.errors.line(
                "warning: any program that reaches \(broker.address.text) can read and write all topics; "
                    + "set users (user.NAME = password) and TLS (tls.certificate, tls.key) in --config FILE")
        } else if !broker.address.isLoopback, configuration.passwords.isEmpty,
            let schemas = broker.registryURL
        {
            // It knows neither tokens nor certificates.
            console.errors.line(
                "warning: any program that reaches \(schemas) can change all schemas; set users "
                    + "(user.NAME = password) too, or --registry off")
        }
    }
}
