import Connectors
import Diagnostics
import Glibc
import Planning
import Runtime
import Simulation
import Storage

/// `millrace replay`: silver, gold and dead letters made anew from bronze after a change of logic.
struct ReplayCommand: Command {
    static let description = CommandDescription(
        name: "replay", summary: "rebuild silver and gold from bronze after a change of logic",
        about: "Runs the records that a bronze table keeps through the statements of FILE, beside the live "
            + "tables, and then swaps the rebuilt ones in, one commit each. The state of the pipeline is "
            + "rebuilt with them, so that it goes on from there: one that is at work is asked to wait for "
            + "the swap. With --diff it shows what would differ, and swaps nothing.",
        operands: [Operand("FILE.sql", "the pipeline's statements as they are to be", .oneOrMore)],
        flags: [
            Flag(
                "--from", .value("NAME"),
                "a layer such as bronze, or the sink, stream or table of raw records"),
            Flag("--diff", .toggle, "show what differs, by table and key, and swap nothing"),
            Flag("-D", .repeated("NAME=VALUE"), "a value that wins over the file's DEFINE of that name"),
            Flag("--state", .value("DIR"), "log, state and identity of this pipeline (.millrace/FILE)"),
            Flag("--threads", .value("N"), "threads that work (the machine's cores)"),
            Flag("--state-memory", .value("SIZE"), "state kept in memory, such as 64MB; the rest is on disk"),
            RulesFile.flag,
            Flag("--examples", .value("N"), "rows that --diff shows of each kind (3)"),
            Flag("--json", .toggle, "print the summary as one JSON object"),
        ],
        examples: [
            .init(
                "what a new rule would change",
                "millrace replay pipelines/medallion/medallion.sql --from bronze --diff "
                    + "-D raw=data/raw/events -D lake=data"),
            .init(
                "change it",
                "millrace replay pipelines/medallion/medallion.sql --from bronze -D raw=data/raw/events "
                    + "-D lake=data"),
        ])

    private let files: [String]
    private let variables: [String: String]
    private let from: String
    private let showsDifferences: Bool
    private let rules: RulesFile
    private let stateDirectory: String
    private let threads: Int
    private let stateMemory: Int?
    private let examples: Int
    private let isJSON: Bool

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        files = arguments.all("FILE.sql")
        guard let from = arguments.text("--from"), !from.isEmpty else {
            throw Diagnostic(
                .usage, "--from is missing", expected: "millrace replay FILE.sql --from bronze",
                hint: "name what keeps the raw records: a layer, a sink, a stream or a table")
        }
        self.from = from
        variables = try arguments.pairs("-D")
        showsDifferences = arguments.isSet("--diff")
        rules = RulesFile(arguments)
        let state = arguments.text("--state") ?? ".millrace/" + RunConfiguration.name(of: files.first ?? "")
        guard !state.isEmpty else {
            throw Diagnostic(.usage, "--state is empty", expected: "a directory, such as .millrace/medallion")
        }
        stateDirectory = state
        threads = try arguments.integer("--threads", in: 1...256) ?? RunCommand.processorCount
        stateMemory = try arguments.size("--state-memory")
        if arguments.isSet("--examples"), !showsDifferences {
            throw Diagnostic(
                .usage, "--examples says nothing without --diff", expected: "--diff --examples N",
                hint: "leave it out")
        }
        examples = try arguments.integer("--examples", in: 0...1000) ?? 3
        isJSON = arguments.isSet("--json")
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        // Said before the work, not after it.
        let engine = showsDifferences ? try DuckDBProgram.find(console) : nil
        let fileSystem = LocalFileSystem()
        if let service = try ServiceDirectory(stateDirectory, fileSystem: fileSystem).manifest() {
            throw Diagnostic(
                .unsupported,
                "\(stateDirectory) is the state of the service \(service.name), which is not replayed",
                hint:
                    "run the new statements as another service with a new --state and new targets: it reads "
                    + "the topics from their start")
        }
        let plan = try PipelineLauncher.planner(files, variables: variables, rules: rules).plan
        var settings = TaskConfiguration(stateDirectory: stateDirectory)
        settings.threads = threads
        try settings.read(plan.settings)
        if let stateMemory { settings.stateMemoryBytes = stateMemory }
        settings.patienceMilliseconds = 60_000
        let replay = try Replay(
            plan, from: from, configuration: settings, fileSystem: fileSystem,
            environment: .machine(fileSystem))
        for warning in replay.warnings { console.errors.line("note: \(warning)") }
        let wake = WakePipe()
        StopSignals.install(waking: wake.writing)
        defer { StopSignals.uninstall() }
        let id = String(UInt64.random(in: 0 ... .max), radix: 16)
        let work = ReplayWork(
            replay, name: RunConfiguration.name(of: files.first ?? ""), wake: wake,
            request: ReplayRequest(
                id: id, files: files, variables: variables, rules: rules.text),
            stateDirectory: stateDirectory,
            differences: engine.map { engine in
                ReplayDifferences(
                    program: engine, folder: Path.join(stateDirectory, "replay/task"), examples: examples,
                    threads: self.threads)
            })
        let pool = WorkerPool(threads: 2)
        defer { pool.stop() }
        work.start(on: pool)
        var display = ReplayDisplay(console.errors)
        while !work.hasEnded {
            if StopSignals.isStopping { work.stop() }
            display.show(work.progress)
            wake.wait(milliseconds: ReplayDisplay.intervalMilliseconds)
        }
        display.clear()
        let report = try work.result()
        console.output.line(isJSON ? report.json.text : report.lines.joined(separator: "\n"))
        return .done
    }
}
