import Diagnostics
import Formats
import Language

/// What a shell has set and said so far, and the doing of statements with it. For one thread.
final class ShellSession {
    let terminal: ShellTerminal
    /// Whether a person sits there: then there are notes beside the results.
    let isInteractive: Bool
    var form: OutputForm
    private(set) var client: ServerClient
    private(set) var names: ServerNames
    private(set) var properties: [String: String] = [:]
    var variables: Variables
    private var sequence: Int64?
    /// Scripts that are running, each begun by the one before.
    var scripts: [String] = []

    init(_ configuration: ShellConfiguration, _ terminal: ShellTerminal, isInteractive: Bool) {
        self.terminal = terminal
        self.isInteractive = isInteractive
        form = configuration.form
        client = ServerClient(configuration.address)
        names = ServerNames(client)
        variables = Variables(overrides: configuration.variables)
    }

    func use(_ address: ServerAddress) {
        client = ServerClient(address)
        names = ServerNames(client)
        sequence = nil
    }

    var settings: RequestSettings {
        let pairs = variables.all.map { ($0.name, $0.value) }
        return RequestSettings(
            properties: properties, variables: Dictionary(pairs, uniquingKeysWith: { $1 }), sequence: sequence
        )
    }

    /// Does the statements of a text one after the other.
    ///
    /// - Throws: the first error, with its place in the text; `cancelled` after Ctrl-C.
    func run(_ source: SourceText) throws(Diagnostic) {
        for piece in StatementPiece.split(source.text) {
            if Interrupts.isInterrupted { throw ServerClient.cancelled }
            let statement = PlacedStatement(piece, in: source)
            do throws(Diagnostic) {
                try execute(statement)
            } catch {
                guard error.code != .cancelled, error.code != .unavailable else { throw error }
                throw statement.placed(
                    error, variables: variables, pointsAtStart: !isInteractive || source.file != nil)
            }
        }
    }

    private func execute(_ statement: PlacedStatement) throws(Diagnostic) {
        switch StatementRoute(statement.piece) {
        case .session: try executeHere(statement)
        case .query(let isEndless): try query(statement, isEndless: isEndless)
        case .print: try print(statement)
        case .server, .properties: try executeThere(statement)
        }
    }

    func set(_ name: String, to value: String?) { properties[name] = value }

    // MARK: Statements of the server

    private func executeThere(_ statement: PlacedStatement) throws(Diagnostic) {
        if StatementRoute.changesNames(statement.piece) { names.forget() }
        let entities = try client.execute(statement.text + ";", settings)
        for entity in entities {
            let report = EntityReport(entity)
            if let failure = report.failure { throw failure }
            if let number = entity["commandSequenceNumber"]?.int64, number >= 0 { sequence = number }
            show(report)
        }
        if entities.isEmpty { note("done") }
    }

    private func show(_ report: EntityReport) {
        switch form {
        case .json: for object in report.objects { terminal.line(object.text) }
        case .table: show(report.blocks)
        case .csv:
            for block in report.blocks {
                switch block {
                case .table(let titles, let rows, _):
                    terminal.line(CSVLine.text(titles.map { .string($0) }))
                    for row in rows { terminal.line(CSVLine.text(row)) }
                case .fields(let fields):
                    for field in fields { terminal.line(CSVLine.text([.string(field.name), field.value])) }
                case .text(let text), .heading(let text):
                    if !text.isEmpty { terminal.line(CSVLine.text([.string(text)])) }
                }
            }
        }
        for warning in report.warnings { terminal.note("note: \(warning)") }
    }

    func show(_ blocks: [EntityBlock]) {
        let room = terminal.isTerminal ? terminal.columns() : nil
        let paint = Paint(hasColours: terminal.hasColours)
        for block in blocks {
            for line in block.lines(room: room, paint: paint) { terminal.line(line) }
        }
    }

    // MARK: Rows

    private func query(_ statement: PlacedStatement, isEndless: Bool) throws(Diagnostic) {
        let clock = ContinuousClock()
        let begun = clock.now
        var printer = RowPrinter(form, terminal, isEndless: isEndless)
        var ending: String?
        let terminal = terminal
        let isStopped: Bool
        do throws(Diagnostic) {
            isStopped = try client.query(
                statement.text + ";", settings,
                tick: {
                    printer.tick(now: clock.now)
                    return !terminal.isClosed()
                },
                receive: { part in
                    switch part {
                    case .columns(let columns, _): printer.begin(columns, now: clock.now)
                    case .row(let values, let isGone): printer.row(values, isGone: isGone)
                    case .note(let text): ending = text
                    case .failure: break
                    }
                    return true
                })
        } catch {
            printer.end()
            throw error
        }
        printer.end()
        // A query that ends although nobody asked for that.
        if ending == nil, isEndless, !statement.piece.words.contains("LIMIT") {
            ending = "the server ended it"
        }
        try finish(
            isStopped: isStopped, count: printer.count, noun: "row", ending: ending, took: clock.now - begun)
    }

    private func print(_ statement: PlacedStatement) throws(Diagnostic) {
        let clock = ContinuousClock()
        let begun = clock.now
        var count = 0
        let terminal = terminal
        let isStopped = try client.print(
            statement.text + ";", settings, tick: { !terminal.isClosed() },
            receive: { line in
                if !line.isEmpty {
                    terminal.line(DisplayWidth.visible(line))
                    count += 1
                }
                return true
            })
        try finish(isStopped: isStopped, count: count, noun: "line", ending: nil, took: clock.now - begun)
    }

    private func finish(
        isStopped: Bool, count: Int, noun: String, ending: String?, took: Duration
    ) throws(Diagnostic) {
        if isStopped, !isInteractive { throw ServerClient.cancelled }
        if isStopped {
            Interrupts.forget()
            // Behind the terminal's own ^C.
            terminal.line("")
        }
        guard form == .table else { return }
        let rows = "\(count) \(noun)\(count == 1 ? "" : "s")"
        if isStopped { return note("\(rows); ended") }
        let end = ending.map { "; \($0.prefix(1).lowercased())\($0.dropFirst())" } ?? ""
        let milliseconds =
            took.components.seconds * 1000 + took.components.attoseconds / 1_000_000_000_000_000
        note("\(rows) in \(milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s")\(end)")
    }

    /// Beside the results, for a person only.
    func note(_ text: String) {
        if isInteractive { terminal.note(text) }
    }
}
