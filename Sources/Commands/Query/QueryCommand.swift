import DeltaLake
import Diagnostics
import Storage

/// `millrace query`: ad-hoc SQL over the lake's tables, answered by DuckDB.
struct QueryCommand: Command {
    static let description = CommandDescription(
        name: "query", summary: "ask the lake's tables with SQL",
        about:
            "The folder LAYER/TABLE of the lake is the table LAYER.TABLE; its live files are found through "
            + "the Delta log, so what a pipeline is writing at the moment is seen whole or not at all. "
            + "DuckDB's command line answers, in its SQL; all times are UTC.",
        operands: [Operand("SQL", "statements, in quotes")],
        flags: [
            Flag("--lake", .value("DIR"), "the folder of the layers (data)"),
            Flag("--at", .value("VERSION|TIME"), "the tables as they were: 12, or 2026-11-20T12:00:00Z"),
            Flag("--format", .value("NAME"), "table, csv or json (table)"),
            Flag("--json", .toggle, "the same as --format json"),
        ],
        examples: [
            .init(
                "the best products of the last windows",
                "millrace query \"SELECT product_id, sum(total_revenue) AS revenue FROM gold.revenue "
                    + "GROUP BY ALL ORDER BY revenue DESC LIMIT 10\""),
            .init(
                "a table as it was at its fifth version",
                "millrace query --lake data --at 5 --format csv \"SELECT count(*) FROM silver.events\""),
        ])

    private let lake: String
    private let moment: QueryMoment
    private let format: QueryFormat
    private let sql: String

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        lake = arguments.text("--lake") ?? "data"
        moment =
            try arguments.value("--at") { text throws(Diagnostic) in
                try QueryMoment.parse(text, flag: "--at")
            } ?? .newest
        let format = try arguments.choice("--format", as: QueryFormat.self)
        if arguments.isSet("--json"), let format, format != .json {
            throw Diagnostic(
                .usage, "--json and --format \(format.rawValue) contradict each other",
                expected: "one of them")
        }
        self.format = format ?? (arguments.isSet("--json") ? .json : .table)
        sql = arguments.operand("SQL") ?? ""
        let first = sql.first { !$0.isWhitespace }
        guard let first else {
            throw Diagnostic(.usage, "the SQL is empty", expected: "a statement such as \"SELECT 1\"")
        }
        // DuckDB's command line would take it for a command of its own, some of which start a shell.
        guard first != "." else {
            throw Diagnostic(
                .usage, "\(sql.prefix(20)) is no SQL", expected: "a statement such as \"SELECT 1\"")
        }
        // The system's limit for one argument is 128 KiB.
        guard sql.utf8.count < 120_000 else {
            throw Diagnostic(.usage, "the SQL is longer than 120,000 bytes", expected: "a shorter statement")
        }
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        let program = try DuckDBProgram.find(console)
        let catalogue = try QueryCatalogue(LakeDirectory(lake, in: LocalFileSystem()), named: sql)
        var setup = "SET TimeZone = 'UTC';\n"
        for table in catalogue.tables { setup += try view(of: table).statements() }
        // Millrace's views are made from a file, the user's statement is an argument: neither can end the
        // other.
        let flags = ["-no-init", "-batch"] + format.flags(isTerminal: console.output.isTerminal)
        let child = ChildProcess(
            program: program, arguments: flags + ["-cmd", ".read /dev/stdin", "-c", sql], input: setup)
        let ending = try child.run()
        if ending.code == 0 {
            if !ending.errors.isEmpty { console.errors.write(ending.errors) }
            return .done
        }
        throw try catalogue.diagnostic(for: ending, sql: sql)
    }

    private func view(of table: LakeTable) throws(Diagnostic) -> TableView {
        let delta = try table.open(in: LocalFileSystem())
        let snapshot = try moment.snapshot(of: delta)
        if let feature = snapshot.hindranceToParquetReaders {
            throw Diagnostic(
                .unsupported, "the table \(table.title) cannot be queried: it uses the feature \(feature)",
                hint: "query it with an engine that has it")
        }
        return TableView(
            table: table, fields: snapshot.metadata.schema.fields,
            partitionColumns: snapshot.metadata.partitionColumns, files: delta.liveFiles(snapshot))
    }
}
