import Broker
import Connectors
import Diagnostics
import Formats
import Runtime
import Storage

/// `millrace broker`: the Kafka protocol for other programs, until a signal ends it.
struct BrokerCommand: Command {
    static let description = CommandDescription(
        name: "broker", summary: "run the embedded Kafka broker, for any Kafka client",
        about:
            "Keeps topics on this machine and speaks the Kafka protocol to clients. It is one broker "
            + "without replicas: what is acknowledged with acks=all is on this machine's disk.",
        operands: [],
        flags: [
            Flag("--config", .value("FILE"), "settings as name = value lines; flags win over them"),
            Flag("--listen", .value("HOST:PORT"), "where to listen (127.0.0.1:9092)"),
            Flag("--advertised", .value("HOST:PORT"), "where clients are told to connect (where it listens)"),
            Flag("--data", .value("DIR"), "topics, groups and transactions (.millrace/broker)"),
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
        tell(console, configuration, server, store)
        while !StopSignals.isStopping {
            for failure in store.tick() { report(failure.diagnostic) }
            wake.wait(milliseconds: Self.tickMilliseconds)
        }
        server.stop()
        return .done
    }

    private func tell(
        _ console: Console, _ configuration: BrokerConfiguration, _ server: BrokerServer, _ store: TopicStore
    ) {
        let topics = store.topics.filter { !$0.name.hasPrefix("__") }.count
        if arguments.isSet("--json") {
            let told: JSONValue = [
                "listen": .string(server.address.text), "advertised": .string(server.advertised.text),
                "data": .string(configuration.directory), "topics": .number(topics),
            ]
            console.output.line(told.text)
        } else {
            console.output.line(
                "millrace broker: \(server.address.text), data in \(configuration.directory), "
                    + "\(topics) topic\(topics == 1 ? "" : "s")")
        }
        if !server.address.isLoopback, !configuration.isProtected {
            console.errors.line(
                "warning: any program that reaches \(server.address.text) can read and write all topics; "
                    + "set users (user.NAME = password) and TLS (tls.certificate, tls.key) in --config FILE")
        }
    }
}
