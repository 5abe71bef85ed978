import Diagnostics
import Formats

/// Writes the rows of an answer as they come.
///
/// A table's columns are as wide as its first rows need, so these wait for each other: until ``tick(now:)``
/// finds them waiting for a fifth of a second, or until there are a thousand.
struct RowPrinter {
    private let form: OutputForm
    private let terminal: ShellTerminal
    /// Whether more rows may come at any time: a push query.
    private let isEndless: Bool
    private var columns: [AnswerColumn] = []
    private var waiting: [[Cell]] = []
    private var drawing: TableDrawing?
    private var columnsCame: ContinuousClock.Instant?
    private(set) var count = 0

    private static let patience: Duration = .milliseconds(200)
    private static let mostWaiting = 1000

    init(_ form: OutputForm, _ terminal: ShellTerminal, isEndless: Bool) {
        self.form = form
        self.terminal = terminal
        self.isEndless = isEndless
    }

    mutating func begin(_ columns: [AnswerColumn], now: ContinuousClock.Instant) {
        self.columns = columns
        columnsCame = now
        if form == .csv { terminal.line(CSVLine.text(columns.map { .string($0.name) })) }
    }

    mutating func row(_ values: [JSONValue], isGone: Bool) {
        count += 1
        switch form {
        case .json: terminal.line(object(values, isGone: isGone).text)
        case .csv: terminal.line(CSVLine.text(values))
        case .table:
            var cells = values.map { Cell($0) }
            if isGone, let last = cells.indices.last, cells[last].kind == .null {
                cells[last] = Cell("(gone)", .null)
            }
            guard let drawing else {
                waiting.append(cells)
                if waiting.count >= Self.mostWaiting { draw() }
                return
            }
            write(drawing.lines(of: cells, number: count))
        }
    }

    /// Draws rows that have waited long enough.
    mutating func tick(now: ContinuousClock.Instant) {
        guard isEndless, form == .table, drawing == nil, let columnsCame else { return }
        if now - columnsCame >= Self.patience { draw() }
    }

    /// No more rows.
    mutating func end() {
        if form == .table, drawing == nil, columnsCame != nil { draw() }
    }

    private mutating func draw() {
        let shown = columns.map { TableDrawing.Column(title: $0.name, isNumber: $0.isNumber) }
        let room = terminal.isTerminal ? terminal.columns() : nil
        let paint = Paint(hasColours: terminal.hasColours)
        let drawing: TableDrawing
        if isEndless {
            drawing = TableDrawing(shown, natural: roomy(room), room: room, paint: paint)
        } else {
            drawing = TableDrawing(shown, fitting: waiting, room: room, paint: paint)
        }
        self.drawing = drawing
        var lines = drawing.header
        let first = count - waiting.count
        for (index, cells) in waiting.enumerated() {
            lines += drawing.lines(of: cells, number: first + index + 1)
        }
        waiting = []
        write(lines)
    }

    /// Widths for rows that are still to come too: what the first ones take and a little more, where there
    /// are none what a type usually takes, and for texts what is left of the line.
    private func roomy(_ room: Int?) -> [Int] {
        var widths = columns.map { column in
            let title = DisplayWidth.of(Cell(column.name).text)
            return waiting.isEmpty ? max(title, column.usualWidth ?? 16) : title
        }
        for row in waiting {
            for (index, cell) in row.enumerated() where index < widths.count {
                let spare = columns[index].isNumber ? 2 : 0
                widths[index] = max(widths[index], cell.width + spare)
            }
        }
        guard let room else { return widths }
        let left =
            room - ColumnWidths.margin - ColumnWidths.gap * (widths.count - 1) - widths.reduce(0, +)
        let texts = columns.indices.filter { columns[$0].usualWidth == nil }
        guard left > 0, !texts.isEmpty else { return widths }
        for index in texts { widths[index] += min(left / texts.count, max(0, 40 - widths[index])) }
        return widths
    }

    private func object(_ values: [JSONValue], isGone: Bool) -> JSONValue {
        var members = values.enumerated().map { index, value in
            JSONValue.Member(columns.indices.contains(index) ? columns[index].name : "_\(index)", value)
        }
        if isGone { members.append(.init("@gone", true)) }
        return .object(members)
    }

    private func write(_ lines: [String]) {
        if !lines.isEmpty { terminal.write(lines.joined(separator: "\n") + "\n") }
    }
}
