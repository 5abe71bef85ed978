import Diagnostics
import Runtime
import Simulation

/// `millrace simulate`: shops that make events, reproducible from a seed.
struct SimulateCommand: Command {
    static let description = CommandDescription(
        name: "simulate",
        summary: "make the events of a shop, as files in a directory or messages of a Kafka topic",
        about: "A shop with users, sessions, products and bots makes events: journeys, not random lines. "
            + "Files appear whole. With --rate or --for it keeps pace with the clock; with --events alone it "
            + "goes as fast as the machine can, and the same seed gives the same bytes.",
        operands: [Operand("SCENARIO", "shop")],
        flags: [
            Flag("--to", .value("PLACE"), "a directory or kafka://HOST:PORT/TOPIC; made if missing"),
            Flag(
                "--profile", .value("NAME"),
                "whose events: \(ShopProfile.allCases.map(\.rawValue).joined(separator: ", ")) (medallion)"),
            Flag("--format", .value("NAME"), "json or csv (what the profile's pipeline reads)"),
            Flag("--events", .value("N"), "how many lines to make"),
            Flag("--for", .value("DURATION"), "how long to run (until Ctrl-C, unless --events is given)"),
            Flag("--rate", .value("N"), "lines per second (1000 when paced)"),
            Flag(
                "--every", .value("DURATION"), "a file each so often: 10s, or 1s-3s for a random time (10s)"),
            Flag("--start", .value("TIME"), "the first event's time (now when paced)"),
            Flag("--seed", .value("N"), "the same seed makes the same events (1)"),
            Flag("--duplicates", .value("SHARE"), "lines that repeat an earlier event: 0.02 is 2 % (0)"),
            Flag("--late", .value("SHARE"), "events that arrive late (0)"),
            Flag("--malformed", .value("SHARE"), "lines that no reader should accept (0)"),
            Flag("--bots", .value("N"), "bots that visit, each over 100 pages a minute (0)"),
            Flag("--key", .value("NAME"), "messages: session, user or none (what the profile is about)"),
            Flag("--partitions", .value("N"), "messages: of a topic that is made (4)"),
            Flag("--compression", .value("NAME"), "messages: none, gzip, snappy, lz4 or zstd (none)"),
            Flag("--acks", .value("N"), "messages: brokers that must have them: 0, 1 or all (all)"),
            KafkaFlags.property,
            Flag("--json", .toggle, "print the summary as one JSON object"),
        ],
        examples: [
            .init(
                "a minute of a shop with some faults, a file every 10 seconds",
                "millrace simulate shop --to data/raw/events --for 60s --rate 5000 "
                    + "--duplicates 0.02 --malformed 0.01"
            ),
            .init(
                "a million events at once, the same ones every time",
                "millrace simulate shop --to data/events --events 1000000 --seed 7"),
            .init(
                "messages into a topic, until Ctrl-C",
                "millrace simulate shop --profile shopsight --to kafka://localhost:9092/product_events"),
        ])

    private let configuration: SimulationConfiguration
    private let destination: SimulationDestination
    private let messages: MessageOptions
    private let isJSON: Bool

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        var configuration = SimulationConfiguration()
        configuration.scenario = try SimulationScenario.parse(arguments.operand("SCENARIO") ?? "")
        for flag in SimulationConfiguration.flags {
            try arguments.value(flag) { text throws(Diagnostic) in try configuration.set(flag: flag, to: text)
            }
        }
        try configuration.validate()
        guard let target = arguments.text("--to") else {
            throw Diagnostic(
                .usage, "--to is missing", expected: "a directory for the files",
                hint: "such as --to data/raw/events")
        }
        destination = try SimulationDestination.parse(target)
        messages = try MessageOptions(arguments, configuration.profile)
        if case .topic = destination {
            try messages.adapt(&configuration)
        } else if let flag = MessageOptions.flags.first(where: arguments.isSet) {
            throw Diagnostic(
                .usage, "\(flag) is about messages, and --to \(target) is a directory",
                expected: "--to kafka://HOST:PORT/TOPIC", hint: "leave it out")
        }
        self.configuration = configuration
        isJSON = arguments.isSet("--json")
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        let wake = WakePipe()
        StopSignals.install(waking: wake.writing)
        defer { StopSignals.uninstall() }
        let output = try destination.open(messages)
        var run = try SimulationRun(configuration: configuration, output: output)
        var progress = SimulationProgressDisplay(console.errors)
        let summary: SimulationSummary
        do throws(Diagnostic) {
            summary = try run.run(until: { StopSignals.isStopping }, progress: { progress.show($0) })
        } catch {
            progress.clear()
            throw error
        }
        progress.clear()
        console.output.line(isJSON ? summary.json : summary.text)
        return .done
    }
}
