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
            + "DuckDB's command line answers, in its SQL; all times are UTC. SHOW TABLES lists the tables, "
            + "DESCRIBE gold.revenue the columns of one. Without a statement, a terminal gets a shell.",
        operands: [
            Operand("SQL", "statements, in quotes; left out: those of standard input, or a shell", .optional)
        ],
        flags: [
            Flag("--lake", .value("DIR"), "the folder of the layers (data)"),
            Flag("--at", .value("VERSION|TIME"), "the tables as they were: 12, or 2026-11-20T12:00:00Z"),
            Flag("-f", .value("FILE"), "the statements of a file"),
            Flag("--format", .value("NAME"), "table, csv, json, jsonl, markdown or parquet (table)"),
            Flag("--json", .toggle, "the same as --format json"),
            Flag("--output", .value("FILE"), "where the rows go; parquet needs it"),
        ],
        examples: [
            .init(
                "the best products of the last windows",
                "millrace query \"SELECT product_id, sum(total_revenue) AS revenue FROM gold.revenue "
                    + "GROUP BY ALL ORDER BY revenue DESC LIMIT 10\""),
            .init(
                "a table as it was at its fifth version",
                "millrace query --lake data --at 5 --format csv \"SELECT count(*) FROM silver.events\""),
            .init(
                "a table into a file",
                "millrace query --format parquet --output revenue.parquet \"FROM gold.revenue\""),
            .init("a shell with history and completion of names", "millrace query"),
        ])

    private let lake: String
    private let moment: QueryMoment
    private let format: QueryFormat
    private let output: String?
    private let input: QueryInput
    /// Whether a flag asks for something that only a statement gives.
    private let needsStatement: Bool

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
        output = arguments.text("--output")
        if self.format == .parquet, output == nil {
            throw Diagnostic(
                .usage, "--format parquet needs a file", expected: "--output FILE",
                hint: "such as --output rows.parquet")
        }
        switch (arguments.operand("SQL"), arguments.text("-f")) {
        case (.some(let sql), nil):
            input = .argument(sql)
            // What can be refused without reading anything.
            _ = try QueryText(sql)
        case (nil, .some(let file)): input = .file(file)
        case (nil, nil): input = .standard
        case (.some, .some):
            throw Diagnostic(
                .usage, "there are statements in -f and as an argument", expected: "one of them")
        }
        needsStatement = format != nil || arguments.isSet("--json") || output != nil
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        let program = try DuckDBProgram.find(console)
        let tables = LakeTables(lake: try LakeDirectory(lake, in: LocalFileSystem()), moment: moment)
        guard let text = try input.text() else {
            guard !needsStatement, console.output.isTerminal else {
                throw Diagnostic(
                    .usage, "there is no statement", expected: "millrace query \"SELECT …\"",
                    hint: "a shell is there without --format, --json and --output, at a terminal")
            }
            return try LakeShell(program: program, tables: tables, console: console).run()
        }
        return try answer(text, tables, program, console)
    }

    private func answer(
        _ text: QueryText, _ tables: LakeTables, _ program: String, _ console: Console
    ) throws(Diagnostic) -> ExitCode {
        let catalogue = try QueryCatalogue(tables.lake, named: text.text)
        var setup = "SET TimeZone = 'UTC';\n"
        for table in catalogue.tables { setup += try tables.view(of: table).statements() }
        let (others, failures) = tables.views(of: catalogue.others)
        for view in others { setup += try view.statements() }
        for (table, failure) in failures {
            console.errors.line("left out: \(table.title): \(failure.message)")
        }
        let listing = text.showsTables ? try tables.listing() : nil
        guard let output else {
            let sql = try text.prepared(tables: listing, parquet: nil)
            let flags = format.flags(isTerminal: console.output.isTerminal)
            try run(sql, setup, flags, nil, Asked(text, catalogue, program), console)
            return .done
        }
        var file = try QueryOutput(output)
        let sql = try text.prepared(
            tables: listing, parquet: format == .parquet ? file.unfinishedPath : nil)
        let descriptor = format == .parquet ? nil : file.descriptor
        try run(
            sql, setup, format.flags(isTerminal: false), descriptor, Asked(text, catalogue, program), console)
        try file.finish()
        return .done
    }

    /// What an error is explained with.
    private struct Asked {
        let text: QueryText
        let catalogue: QueryCatalogue
        let program: String

        init(_ text: QueryText, _ catalogue: QueryCatalogue, _ program: String) {
            self.text = text
            self.catalogue = catalogue
            self.program = program
        }
    }

    private func run(
        _ sql: String, _ setup: String, _ flags: [String], _ output: CInt?, _ asked: Asked,
        _ console: Console
    ) throws(Diagnostic) {
        // Millrace's views are made from a file, the user's statement is an argument: neither can end the
        // other.
        let child = ChildProcess(
            program: asked.program,
            arguments: ["-no-init", "-batch"] + flags + ["-cmd", ".read /dev/stdin", "-c", sql],
            input: setup, output: output)
        let ending = try child.run()
        guard ending.code == 0 else {
            throw try asked.catalogue.diagnostic(for: ending, sql: asked.text.text)
        }
        if !ending.errors.isEmpty { console.errors.write(ending.errors) }
    }
}
