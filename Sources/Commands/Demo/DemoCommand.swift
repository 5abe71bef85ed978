import Diagnostics
import Runtime
import Simulation
import Storage

/// `millrace demo`: a simulated shop, a pipeline over its events, a live view and a summary, with one
/// command.
struct DemoCommand: Command {
    static let description = CommandDescription(
        name: "demo", summary: "simulate a shop, run a pipeline over it and watch",
        about: "Makes events of a shop, with duplicates, late and malformed ones, and runs a pipeline over "
            + "them, shown live, then sums up what came and what was made of it. medallion: JSON files into "
            + "bronze, silver and gold Delta tables. csv-to-postgres: CSV files into tables, views and "
            + "functions of the PostgreSQL that DATABASE_URL names, or of a throwaway one. shopsight: "
            + "messages of a Kafka topic into Delta tables of sessions, funnel, products and anomalies; the "
            + "topic is in the cluster that --bootstrap-servers or KAFKA_BOOTSTRAP_SERVERS names, or in a "
            + "broker that the demo starts. sessions: such messages into Avro in topics and tables of "
            + "PostgreSQL. Another demo in the same directory goes on with what is there.",
        operands: [
            Operand("PIPELINE", "medallion (unless given), csv-to-postgres, shopsight or sessions", .optional)
        ],
        flags: [
            Flag("--for", .value("DURATION"), "how long events are made; 0 until Ctrl-C (60s)"),
            Flag("--rate", .value("N"), "events per second (2000; shopsight: 1000; into a database: 500)"),
            Flag("--dir", .value("DIR"), "where events, tables and state go (data)"),
            Flag(
                "--bootstrap-servers", .value("HOSTS"),
                "topics: the Kafka cluster, HOST:PORT,… (a broker of its own)"),
            Flag("--threads", .value("N"), "threads that work (the machine's cores)"),
            Flag("--json", .toggle, "print the summary as one JSON object"),
        ],
        examples: [
            .init("a minute of it", "millrace demo"),
            .init(
                "busier, until Ctrl-C, in a directory of its own",
                "millrace demo --rate 20000 --for 0 --dir shop"),
            .init(
                "into a database of yours",
                "DATABASE_URL=postgresql://app@localhost:5432/shop millrace demo csv-to-postgres"),
            .init("messages of a topic, with nothing else installed", "millrace demo shopsight"),
        ])

    private static let pipelines: [any DemoPipeline.Type] = [
        MedallionDemo.self, CSVToPostgresDemo.self, ShopsightDemo.self, SessionsDemo.self,
    ]
    private static let laterPipelines = ["media"]

    private let kind: any DemoPipeline.Type
    private let pipeline: any DemoPipeline
    private let configuration: DemoConfiguration
    private let isJSON: Bool

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        var configuration = DemoConfiguration()
        kind = try Self.pipeline(arguments.operand("PIPELINE") ?? MedallionDemo.name)
        configuration.rate = Double(kind.usualRate)
        if let duration = try arguments.duration("--for") {
            configuration.duration = duration == .zero ? nil : duration
        }
        if let rate = try arguments.integer("--rate", in: 1...2_000_000) { configuration.rate = Double(rate) }
        if let directory = arguments.text("--dir") {
            guard !directory.isEmpty else {
                throw Diagnostic(.usage, "--dir is empty", expected: "a directory, such as data")
            }
            configuration.directory =
                directory.count > 1 && directory.hasSuffix("/")
                ? String(directory.dropLast()) : directory
        }
        configuration.threads = try arguments.integer("--threads", in: 1...256) ?? RunCommand.processorCount
        pipeline = kind.init(directory: configuration.directory)
        configuration.bootstrapServers = arguments.typed("--bootstrap-servers")
        if configuration.bootstrapServers != nil, !kind.hasTopics {
            throw Diagnostic(
                .usage, "--bootstrap-servers is about topics, and \(kind.name) has none",
                expected: "a demo with topics: "
                    + Self.pipelines.filter { $0.hasTopics }.map { $0.name }.joined(separator: ", "),
                hint: "leave it out")
        }
        try configuration.simulation(of: pipeline, seed: 1).validate()
        self.configuration = configuration
        isJSON = arguments.isSet("--json")
    }

    private static func pipeline(_ name: String) throws(Diagnostic) -> any DemoPipeline.Type {
        if let pipeline = pipelines.first(where: { $0.name == name }) { return pipeline }
        let pipelines = pipelines.map { $0.name }
        if laterPipelines.contains(name) {
            throw Diagnostic(
                .unsupported, "the pipeline \(name) is not in this version (\(MillraceProgram.version))",
                expected: pipelines.joined(separator: ", "), hint: "millrace demo medallion")
        }
        throw Diagnostic(
            .usage, "there is no pipeline \(name)", expected: pipelines.joined(separator: ", "),
            hint: NearestName.suggestion(for: name, among: pipelines).map { "did you mean \($0)?" }
                ?? "your own pipelines: millrace run FILE.sql")
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        guard let launcher else { throw RunCommand.noRuntime }
        let files = LocalFileSystem()
        let location = PipelineLocation(console)
        let script = try location.file(of: kind.name, in: files)
        let wake = WakePipe()
        StopSignals.install(waking: wake.writing)
        defer { StopSignals.uninstall() }
        let stage = try pipeline.open(
            DemoSetting(
                console: console, location: location, bootstrapServers: configuration.bootstrapServers))
        defer { stage.close() }
        let seed = UInt64(bitPattern: WallClock().now())
        var shop = configuration.simulation(of: pipeline, seed: seed)
        let messages = MessageOptions(for: shop.profile)
        if case .topic = stage.events { try messages.adapt(&shop) }
        try stage.prepare(messages)

        var run = RunConfiguration(
            files: [script], stateDirectory: configuration.directory + "/.millrace/" + kind.name,
            threads: configuration.threads)
        run.variables = stage.variables
        run.connectors = stage.connectors
        run.bootstrapServers = stage.broker?.servers
        run.registryURL = stage.broker?.registryURL
        let latest = LatestRows(of: kind.watchedRelation)
        run.printing = RunConfiguration.Printing(
            relation: kind.watchedRelation, write: { latest.take($0) })
        let session = PipelineSession(try launcher.prepare(run), wake: wake)
        let simulation = DemoSimulation(shop, messages, kind.rush, into: stage)
        // One for the pipeline, the others for the shop; this thread only watches.
        let threads = WorkerPool(threads: 2 + DemoSimulation.threadCount)
        defer { threads.stop() }
        simulation.start(on: threads, wake: wake)
        session.start(on: threads)
        let elapsed = try watch(session, simulation, latest, console)

        if let failure = simulation.failure { throw failure }
        let status = session.pipeline.status
        let summary = DemoSummary(
            pipeline: kind.name, stage: stage, simulated: simulation.summary, status: status,
            result: try pipeline.result(stage, status, console), elapsedMilliseconds: elapsed)
        console.output.line(isJSON ? summary.json : summary.text)
        return .done
    }

    /// Until the shop has closed and the pipeline has taken all that it made.
    ///
    /// - Returns: how long it took, in milliseconds.
    private func watch(
        _ session: PipelineSession, _ simulation: DemoSimulation, _ latest: LatestRows, _ console: Console
    ) throws(Diagnostic) -> Int64 {
        let clock = WallClock()
        let begun = clock.now()
        let stream = isJSON ? console.errors : console.output
        var display: LiveDisplay? = LiveDisplay(
            title: kind.name, stream: stream, size: console.size)
        display?.latest = latest
        var drain = DrainWatch()
        do throws(Diagnostic) {
            try session.watch(&display) { display in
                display?.note = simulation.note
                guard simulation.hasEnded else { return }
                let status = session.pipeline.status
                if drain.isDrained(records: status.records, lagBytes: status.lagBytes, now: clock.now()) {
                    session.pipeline.stop()
                }
            }
        } catch {
            simulation.stop()
            while !simulation.hasEnded { clock.sleep(milliseconds: 10) }
            throw error
        }
        return clock.now() - begun
    }
}
