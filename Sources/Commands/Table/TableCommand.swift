import DeltaLake
import Diagnostics
import Storage

/// `millrace table`: looks at, tidies up and takes back Delta tables, whoever has written them.
struct TableCommand: Command {
    static let description = CommandDescription(
        name: "table", summary: "describe, optimize, vacuum, restore or check Delta tables",
        about: "Works beside pipelines and other engines that write to the same table.",
        topics: [
            ("describe", "schema, partitions, files, rows, properties, newest versions"),
            ("history", "what each commit was"),
            ("optimize", "join small files, and write files with deleted rows anew"),
            ("vacuum", "delete files that no version needs which is to be kept"),
            ("restore", "make the table like it was, by a new version"),
            ("check", "read all tables below folders: a verdict for each"),
        ],
        operands: [
            Operand("WHAT", "one of these"),
            Operand("PATH", "the table's folder; for check, folders of tables", .oneOrMore),
        ],
        flags: [
            Flag("--at", .value("VERSION|TIME"), "describe: the table as it was"),
            Flag("--to", .value("VERSION|TIME"), "restore: which state to go back to"),
            Flag(
                "--retain", .value("DURATION"),
                "vacuum: what to keep for time travel (as the table's properties say)"),
            Flag("--dry-run", .toggle, "vacuum: list the files and delete none"),
            Flag("--versions", .toggle, "check: read every version that the log still has"),
            Flag("--limit", .value("N"), "describe, history: how many versions are listed (10, all)"),
            Flag("--output", .value("FORM"), "text, or json: one object (text)"),
            Flag("--json", .toggle, "the same as --output json"),
        ],
        examples: [
            .init("what a table is and has", "millrace table describe data/gold/revenue"),
            .init(
                "which files a week of time travel does not need",
                "millrace table vacuum data/gold/revenue --retain 7d --dry-run"),
            .init("go back to before a mistake", "millrace table restore data/gold/revenue --to 12"),
        ])

    private let subject: TableSubject
    private let paths: [String]
    private let moment: QueryMoment
    private let target: QueryMoment?
    /// Milliseconds.
    private let retention: Int64?
    private let isDryRun: Bool
    private let readsVersions: Bool
    private let limit: Int?
    private let output: TableOutput

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        subject = try TableSubject(
            arguments, of: "table", about: "a table", sharing: "--output")
        paths = arguments.all("PATH")
        guard !paths.contains("") else {
            throw Diagnostic(.usage, "PATH is empty", expected: "the folder of a table")
        }
        guard paths.count == 1 || subject == .check else {
            throw Diagnostic(
                .usage, "\(paths[1]) is one argument too many",
                expected: "millrace table \(subject.rawValue) PATH", hint: "do one table after the other")
        }
        moment =
            try arguments.value("--at") { text throws(Diagnostic) in
                try QueryMoment.parse(text, flag: "--at")
            } ?? .newest
        target = try arguments.value("--to") { text throws(Diagnostic) in
            try QueryMoment.parse(text, flag: "--to")
        }
        if subject == .restore, target == nil {
            throw Diagnostic(
                .usage, "--to is missing", expected: "millrace table restore PATH --to VERSION|TIME",
                hint: "millrace table history PATH lists the versions")
        }
        retention = try arguments.duration("--retain")?.wholeMilliseconds
        isDryRun = arguments.isSet("--dry-run")
        readsVersions = arguments.isSet("--versions")
        limit = try arguments.integer("--limit", in: 0...1_000_000)
        let output = try arguments.choice("--output", as: TableOutput.self)
        if arguments.isSet("--json"), output == .text {
            throw Diagnostic(
                .usage, "--json and --output text contradict each other", expected: "one of them")
        }
        self.output = output ?? (arguments.isSet("--json") ? .json : .text)
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        let report = try report(in: LocalFileSystem())
        console.output.line(
            output == .json ? report.json.text : report.lines.joined(separator: "\n"))
        return report.isFailure ? .failed : .done
    }

    private func report(in files: any FileSystem) throws(Diagnostic) -> any InspectionReport {
        let path = paths[0]
        switch subject {
        case .describe: return try TableInspection.read(path, in: files, versions: limit ?? 10, at: moment)
        case .history: return try TableHistory.read(path, in: files, limit: limit)
        case .optimize: return try TableOptimization.run(path, in: files)
        case .vacuum:
            return try TableVacuum.run(path, in: files, retention: retention, isDryRun: isDryRun)
        case .restore: return try TableRestoration.run(path, in: files, to: target ?? .newest)
        case .check: return try TableCheck.run(paths, in: files, readsVersions: readsVersions)
        }
    }
}
