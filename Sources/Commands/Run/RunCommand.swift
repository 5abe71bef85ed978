import Diagnostics
import Glibc
import Runtime

/// `millrace run`: a pipeline in the foreground, with a live view.
struct RunCommand: Command {
    static let description = CommandDescription(
        name: "run", summary: "run a pipeline from its SQL files",
        about: "Reads the statements of the files as one pipeline and runs it until Ctrl-C: the epoch at "
            + "work is committed first, and the next start goes on from there. With --once it takes all "
            + "input that is there, commits and ends.",
        operands: [Operand("FILE.sql", "the pipeline's statements", .oneOrMore)],
        flags: [
            Flag("-D", .repeated("NAME=VALUE"), "a value that wins over the file's DEFINE of that name"),
            Flag("--once", .toggle, "take the input that is there, commit, end"),
            Flag("--trigger", .value("DURATION"), "how often an epoch begins, such as 1s or 500ms"),
            Flag("--state", .value("DIR"), "log, state and identity of this pipeline (.millrace/FILE)"),
            Flag("--threads", .value("N"), "threads that work (the machine's cores)"),
            Flag("--state-memory", .value("SIZE"), "state kept in memory, such as 64MB; the rest is on disk"),
            Flag("--bootstrap-servers", .value("HOSTS"), "the Kafka cluster that topics are in: HOST:PORT,…"),
            Flag(
                "--connector", .repeated("FILE"),
                "a connector as Kafka Connect has it: JSON with name and config"),
            RulesFile.flag,
        ] + ServiceRun.flags + [
            Flag(
                "--resume-sink", .repeated("NAME"),
                "lets a sink that a rule has stopped, or all, go on with what was withheld from it"),
            Flag("--print", .value("RELATION"), "write the rows of a stream or table to the output"),
            Flag("--quiet", .toggle, "no live view and no summary"),
            Flag("--json", .toggle, "print the summary as one JSON object"),
        ],
        examples: [
            .init(
                "files into bronze, silver and gold tables, until Ctrl-C",
                "millrace run pipelines/medallion/medallion.sql -D raw=data/raw/events -D lake=data"),
            .init(
                "only what is there now, with the state of earlier runs",
                "millrace run pipelines/medallion/medallion.sql --once --state .millrace/medallion"),
            .init(
                "one of several processes that share the topic's partitions",
                "millrace run views.sql --service views --state /var/lib/millrace/views"),
        ])

    private var configuration: RunConfiguration
    private let isQuiet: Bool
    private let isJSON: Bool
    private let printedRelation: String?

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        let files = arguments.all("FILE.sql")
        let state =
            arguments.text("--state")
            ?? ".millrace/" + (arguments.text("--service") ?? RunConfiguration.name(of: files.first ?? ""))
        let threads = try arguments.integer("--threads", in: 1...256)
        var configuration = RunConfiguration(
            files: files, stateDirectory: state, threads: threads ?? RunCommand.processorCount)
        configuration.variables = try arguments.pairs("-D")
        configuration.takesWhatIsThere = arguments.isSet("--once")
        configuration.trigger = try arguments.duration("--trigger")
        configuration.stateMemory = try arguments.size("--state-memory")
        configuration.bootstrapServers = arguments.text("--bootstrap-servers")
        configuration.connectors = arguments.texts("--connector")
        configuration.resumedSinks = arguments.texts("--resume-sink")
        configuration.rules = RulesFile(arguments)
        configuration.service = try ServiceRun(arguments)
        if let memory = configuration.stateMemory, memory < RunCommand.leastStateMemory {
            throw Diagnostic(
                .usage, "--state-memory \(NumberDisplay.bytes(memory)) is too little",
                expected: "\(NumberDisplay.bytes(RunCommand.leastStateMemory)) or more, such as 64MB")
        }
        if state.isEmpty {
            throw Diagnostic(.usage, "--state is empty", expected: "a directory, such as .millrace/medallion")
        }
        self.configuration = configuration
        isQuiet = arguments.isSet("--quiet")
        isJSON = arguments.isSet("--json")
        printedRelation = arguments.text("--print")
    }

    private static let leastStateMemory = 1_000_000

    /// The cores that this process may use.
    static var processorCount: Int { max(1, min(256, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        guard let launcher else { throw RunCommand.noRuntime }
        var configuration = configuration
        if let printedRelation {
            configuration.printing = RunConfiguration.Printing(
                relation: printedRelation, write: console.output.write)
        }
        let wake = WakePipe()
        StopSignals.install(waking: wake.writing)
        defer { StopSignals.uninstall() }
        let pipeline = try launcher.prepare(configuration)
        let session = PipelineSession(pipeline, wake: wake)
        // Rows or a JSON object on the output are for programs: the view goes beside them.
        let holdsData = isJSON || printedRelation != nil
        let stream = holdsData ? console.errors : console.output
        for answer in pipeline.answers { stream.line(answer) }
        var display: LiveDisplay?
        if !isQuiet, !isJSON || stream.isTerminal {
            display = LiveDisplay(title: configuration.name, stream: stream, size: console.size)
        }
        let summary = RunSummary(name: configuration.name)
        // Two: this thread only watches.
        let threads = WorkerPool(threads: 2)
        session.start(on: threads)
        defer { threads.stop() }
        // Without a view somebody may still wait for what is wrong.
        let hasView = display != nil
        var news = NewsLines()
        func tell() {
            guard !hasView else { return }
            for line in news.take(session.pipeline.status) { console.errors.line(line) }
        }
        defer { tell() }
        try session.watch(&display) { _ in
            tell()
            if StopSignals.isStopping { session.pipeline.stop() }
        }
        if isJSON {
            console.output.line(summary.json(session.pipeline.status))
        } else if !isQuiet {
            (holdsData ? console.errors : console.output).line(summary.text(session.pipeline.status))
        }
        return .done
    }

    static let noRuntime = Diagnostic(
        .unsupported, "this build of millrace has no runtime to run pipelines with",
        hint: "build the whole program with make build")
}
