import ConnectService
import Diagnostics
import Glibc
import RegistryService
import Runtime
import Server

/// `millrace serve`: the server, until a signal or a request ends it.
struct ServeCommand: Command {
    static let description = CommandDescription(
        name: "serve", summary: "run the server: statements over HTTP, as ksqlDB's clients send them",
        about: "Takes statements one by one, keeps their queries at work, and answers pull and push queries. "
            + "What was created is there again after the next start. Statements of the files are taken up on "
            + "start if they are not there yet.",
        operands: [Operand("FILE.sql", "statements to take up on start", .zeroOrMore)],
        flags: [
            Flag("--config", .value("FILE"), "settings as name = value lines; flags win over them"),
            Flag("--listen", .value("HOST:PORT"), "where to listen (127.0.0.1:8088)"),
            Flag(
                "--registry", .value("HOST:PORT"),
                "where to serve the registry of schemas, such as 127.0.0.1:8081"),
            Flag(
                "--connect", .value("HOST:PORT"),
                "where to answer for connectors as Kafka Connect does (127.0.0.1:8083 beside port 8088), or "
                    + "none"),
            Flag(
                "--broker", .value("HOST:PORT"),
                "where clients of Kafka reach the server's topics, such as 127.0.0.1:9092"),
            Flag("--data", .value("DIR"), "statements, topics and state (.millrace/server)"),
            Flag("--threads", .value("N"), "threads that all queries share (the machine's cores)"),
            Flag("-D", .repeated("NAME=VALUE"), "a setting, such as ksql.streams.auto.offset.reset=earliest"),
        ],
        examples: [
            .init("on the usual port, with the data in .millrace/server", "millrace serve"),
            .init(
                "for other machines, with statements that must be there",
                "millrace serve --listen 0.0.0.0:8088 --data /var/lib/millrace pipeline.sql"),
            .init(
                "with its topics for clients of Kafka, and its schemas for theirs",
                "millrace serve --broker 127.0.0.1:9092 --registry 127.0.0.1:8081"),
        ])

    /// How often failures are looked for.
    private static let newsMilliseconds = 2000

    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        self.arguments = arguments
        // What is wrong without the file is told before the file is read.
        if arguments.text("--config") == nil { _ = try ServeConfiguration(arguments, nil) }
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        var file: SettingsFile?
        if let path = arguments.text("--config") { file = try SettingsFile.read(path) }
        let configuration = try ServeConfiguration(arguments, file)
        let rest = try configuration.rest(version: MillraceProgram.version)
        let wake = WakePipe()
        StopSignals.install(waking: wake.writing)
        defer { StopSignals.uninstall() }
        var settings = configuration.engine(threads: RunCommand.processorCount)
        settings.registry = try RegistrySettings.open(
            configuration.properties, environment: console.environment)
        let engine = try Engine(settings)
        defer { engine.stop() }
        var start = StartStatements(engine)
        for file in configuration.files { try start.add(file) }
        let stop = StopRequest(wake)
        let server = try RESTServer(engine, rest) { stop.ask() }
        defer { server.stop() }
        let registry = try registryServer(configuration, engine)
        defer { registry?.stop() }
        let broker = try configuration.broker { console.errors.line($0.rendered()) }
            .map { settings throws(Diagnostic) in try engine.openBroker(settings) }
        defer { broker?.stop() }
        let connect = try connectServer(configuration, engine)
        defer { connect?.stop() }
        tell(console, configuration, engine, start, port: server.port)
        if let connect, let address = configuration.connectAddress {
            let isSecure = address.isSecure ?? configuration.isSecure
            console.output.line(
                "  connectors at \(address.url(port: connect.port, isSecure: isSecure))/connectors")
        }
        if let registry, let address = configuration.registryAddress {
            let isSecure = address.isSecure ?? configuration.isSecure
            console.output.line("  schemas at \(address.url(port: registry.port, isSecure: isSecure))")
        }
        if let broker {
            console.output.line("  topics at \(broker.address.text), for clients of Kafka")
            if !broker.address.isLoopback, configuration.users.isEmpty {
                console.errors.line(
                    "warning: any program that reaches \(broker.address.text) can read and write all topics; "
                        + "set users (user.NAME = password) and TLS (tls.certificate, tls.key) in "
                        + "--config FILE")
            }
        }
        var news = ServerNews(told: engine.snapshot.refused.map(\.reason))
        while !StopSignals.isStopping, !stop.isAsked {
            wake.wait(milliseconds: Self.newsMilliseconds)
            for line in news.take(engine.snapshot) { console.errors.line(line) }
        }
        return .done
    }

    private func registryServer(
        _ configuration: ServeConfiguration, _ engine: Engine
    ) throws(Diagnostic) -> RegistryServer? {
        guard let settings = try configuration.registry(version: MillraceProgram.version) else { return nil }
        guard let registry = engine.registry else {
            throw Diagnostic(
                .config, "the schemas are in another registry, which is not served from here",
                hint: "leave out registry.listen, or schema.registry.url")
        }
        return try RegistryServer(registry, settings)
    }

    private func connectServer(
        _ configuration: ServeConfiguration, _ engine: Engine
    ) throws(Diagnostic) -> ConnectServer? {
        guard let settings = try configuration.connect(version: MillraceProgram.version) else { return nil }
        do throws(Diagnostic) {
            return try ConnectServer(engine, settings)
        } catch {
            var told = error
            if told.code == .conflict {
                told.hint = "stop that one, choose another with --connect HOST:PORT, or --connect none"
            }
            throw told
        }
    }

    private func tell(
        _ console: Console, _ configuration: ServeConfiguration, _ engine: Engine,
        _ start: StartStatements, port: UInt16
    ) {
        let url = configuration.address.url(port: port, isSecure: configuration.isSecure)
        console.output.line(
            "millrace serve: \(url), data in \(configuration.directory); "
                + "`millrace sql --server \(url)` opens the shell")
        let snapshot = engine.snapshot
        let all = Set(snapshot.statements.values).count + snapshot.plan.catalogue.types.count
        let known = all - start.taken
        var news: [String] = []
        if known > 0 { news.append("\(known) statement\(known == 1 ? "" : "s") taken up from earlier runs") }
        if start.taken > 0 {
            news.append("\(start.taken) new from \(configuration.files.joined(separator: ", "))")
        }
        let refused = snapshot.refused.count + start.refused.count
        if refused > 0 { news.append("\(refused) refused") }
        if !news.isEmpty { console.output.line("  " + news.joined(separator: ", ")) }
        for refused in snapshot.refused { console.errors.line(refused.reason.rendered()) }
        for refused in start.refused { console.errors.line(refused.rendered()) }
    }
}
