import Diagnostics
import Storage

/// `millrace inspect`: what is in files, tables, a lake, dead letters or a checkpoint, without changing any
/// of it.
struct InspectCommand: Command {
    static let description = CommandDescription(
        name: "inspect",
        summary: "look at events, a table, a lake, quality, dead letters or a checkpoint",
        about: "Reads only: what a pipeline is writing at the moment can be looked at too.",
        topics: [
            (
                "events",
                "counts by type, users, sessions, products, time; duplicates and malformed lines; checks"
            ),
            ("table", "a Delta table's schema, partitions, versions, files, rows, transactions, properties"),
            ("lake", "every table, and the books: bronze = silver + duplicates + late + dead letters"),
            ("quality", "what quality rules have found: a lake, or its table of results"),
            ("dead-letters", "what could not be processed: counts by reason, and examples"),
            ("checkpoint", "a state directory: the instance, its epochs, sizes"),
        ],
        operands: [
            Operand("WHAT", "one of these"),
            Operand("PATH", "a file or folder of that kind"),
        ],
        flags: [
            Flag(
                "--max-duplicates", .value("SHARE"),
                "events: the share of duplicates that still passes (0.05)"),
            Flag(
                "--max-malformed", .value("SHARE"),
                "events: the share of malformed lines that still passes (0.05)"),
            Flag("--max-late", .value("SHARE"), "events: the share out of order that still passes (0.1)"),
            Flag("--limit", .value("N"), "how many versions, examples or names are listed (10)"),
            Flag("--json", .toggle, "print one JSON object"),
        ],
        examples: [
            .init("what a simulation has made", "millrace inspect events data/raw/events"),
            .init("whether every event of the lake is accounted for", "millrace inspect lake data"),
            .init("which quality rules are broken", "millrace inspect quality data"),
        ])

    private let subject: InspectSubject
    private let path: String
    private let limits: EventLimits
    private let limit: Int
    private let isJSON: Bool

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        let name = arguments.operand("WHAT") ?? ""
        guard let subject = InspectSubject(rawValue: name) else {
            let names = InspectSubject.allCases.map(\.rawValue)
            throw Diagnostic(
                .usage, "there is nothing called \(name) to inspect", expected: names.joined(separator: ", "),
                hint: NearestName.suggestion(for: name, among: names).map {
                    "did you mean millrace inspect \($0)?"
                }
                    ?? "see millrace inspect --help")
        }
        self.subject = subject
        path = arguments.operand("PATH") ?? ""
        guard !path.isEmpty else { throw Diagnostic(.usage, "PATH is empty", expected: "a file or folder") }
        if subject != .events {
            for flag in ["--max-duplicates", "--max-malformed", "--max-late"] where arguments.isSet(flag) {
                throw Diagnostic(
                    .usage, "\(flag) says nothing about \(name)",
                    expected: "millrace inspect events PATH \(flag) …",
                    hint: "leave it out")
            }
        }
        var limits = EventLimits()
        limits.duplicates = try arguments.share("--max-duplicates") ?? limits.duplicates
        limits.malformed = try arguments.share("--max-malformed") ?? limits.malformed
        limits.outOfOrder = try arguments.share("--max-late") ?? limits.outOfOrder
        self.limits = limits
        limit = try arguments.integer("--limit", in: 0...1_000_000) ?? 10
        isJSON = arguments.isSet("--json")
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        let files = LocalFileSystem()
        let report = try report(in: files, console)
        console.output.line(isJSON ? report.json.text : report.lines.joined(separator: "\n"))
        return report.isFailure ? .failed : .done
    }

    private func report(
        in files: any FileSystem, _ console: Console
    ) throws(Diagnostic) -> any InspectionReport {
        switch subject {
        case .events:
            return try EventsInspection.read(path, limits: limits, listed: limit, progress: console.errors)
        case .table: return try TableInspection.read(path, in: files, versions: limit)
        case .lake: return try LakeInspection.read(path, in: files)
        case .quality: return try QualityInspection.read(path, in: files)
        case .deadLetters: return try DeadLettersInspection.read(path, in: files, examples: limit)
        case .checkpoint:
            if let service = try ServiceInspection.read(path, in: files) { return service }
            return try CheckpointInspection.read(path, in: files, epochs: limit)
        }
    }
}
