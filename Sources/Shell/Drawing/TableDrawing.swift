import Diagnostics

/// Rows under a header, or one below the other where they are too wide for that.
struct TableDrawing {
    struct Column: Equatable {
        let title: String
        var isNumber = false
    }

    let columns: [Column]
    /// nil draws each row as lines of its own: a name and its value.
    let widths: [Int]?
    /// Of the terminal; nil is without end.
    let room: Int?
    let paint: Paint
    /// Lines that a value may take.
    var mostLines = 6

    /// Widths by what the rows hold.
    ///
    /// - Parameter yields: the last column alone gets narrower as long as that is enough: a long text behind
    ///   names.
    init(_ columns: [Column], fitting rows: [[Cell]], room: Int?, paint: Paint, yields: Bool = false) {
        var natural = columns.map { DisplayWidth.of(Cell($0.title).text) }
        for row in rows {
            for (index, cell) in row.enumerated() where index < natural.count {
                natural[index] = max(natural[index], cell.width)
            }
        }
        self.init(columns, natural: natural, room: room, paint: paint, yields: yields)
    }

    init(_ columns: [Column], natural: [Int], room: Int?, paint: Paint, yields: Bool = false) {
        self.columns = columns
        self.room = room
        self.paint = paint
        let isName = columns.indices.map { $0 < columns.count - 1 }
        let yielding = yields ? ColumnWidths.fitted(natural, isFixed: isName, columns: room) : nil
        widths =
            yielding
            ?? ColumnWidths.fitted(natural, isFixed: columns.map(\.isNumber), columns: room)
    }

    static func lines(
        _ columns: [Column], _ rows: [[Cell]], room: Int?, paint: Paint, yields: Bool = false
    ) -> [String] {
        let drawing = TableDrawing(columns, fitting: rows, room: room, paint: paint, yields: yields)
        return drawing.header
            + rows.enumerated().flatMap { drawing.lines(of: $0.element, number: $0.offset + 1) }
    }

    /// The titles and a rule; nothing where rows are lines of their own.
    var header: [String] {
        guard let widths else { return [] }
        let titles = columns.map { Cell($0.title) }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "─┼─")
        return drawn(titles, widths, look: .bold) + [paint.text("─" + rule, .dim)]
    }

    /// - Parameter number: of the row, from 1, for rows that are lines of their own.
    func lines(of row: [Cell], number: Int) -> [String] {
        guard let widths else { return record(row, number) }
        return drawn(row, widths, look: nil)
    }

    private func drawn(_ row: [Cell], _ widths: [Int], look: Paint.Look?) -> [String] {
        let texts = widths.indices.map { index in
            guard index < row.count else { return [""] }
            // A number in two parts would be read as two: rather a line that is too long.
            return row[index].kind == .number
                ? [row[index].text] : row[index].lines(columns: widths[index], most: mostLines)
        }
        let height = texts.map(\.count).max() ?? 1
        let border = paint.text("│", .dim)
        return (0..<height).map { line in
            var drawn = " "
            var blanks = 0
            for index in widths.indices {
                let text = line < texts[index].count ? texts[index][line] : ""
                let gap = max(0, widths[index] - DisplayWidth.of(text))
                if index > 0 {
                    drawn += String(repeating: " ", count: blanks) + " \(border) "
                    blanks = 0
                }
                let kind = index < row.count ? row[index].kind : .text
                if columns[index].isNumber, !text.isEmpty {
                    drawn += String(repeating: " ", count: blanks + gap)
                    blanks = 0
                } else {
                    blanks += gap
                }
                drawn += shown(text, kind, look)
            }
            // No blanks at the end of a line: a terminal made narrower would wrap them.
            while drawn.last == " " { drawn.removeLast() }
            return drawn
        }
    }

    private func shown(_ text: String, _ kind: Cell.Kind, _ look: Paint.Look?) -> String {
        if let look { return paint.text(text, look) }
        return kind == .null ? paint.text(text, .dim) : text
    }

    private func record(_ row: [Cell], _ number: Int) -> [String] {
        let names = columns.map { Cell($0.title) }
        let widest = min(names.map(\.width).max() ?? 0, max(8, (room ?? 80) / 3))
        let valueRoom = room.map { max(8, $0 - widest - 4) } ?? Int.max
        let title = "── row \(number) "
        let rule = title + String(repeating: "─", count: max(2, min(room ?? 40, 40) - title.count))
        var lines = [paint.text(rule, .dim)]
        for (index, cell) in row.enumerated() where index < names.count {
            let name = DisplayWidth.cut(names[index].text, to: widest)
            let gap = String(repeating: " ", count: widest - DisplayWidth.of(name))
            for (line, text) in cell.lines(columns: valueRoom, most: 4 * mostLines).enumerated() {
                let head = line == 0 ? paint.text(name, .bold) + gap : String(repeating: " ", count: widest)
                lines.append(" \(head) \(paint.text("│", .dim)) \(shown(text, cell.kind, nil))")
            }
        }
        return lines
    }
}
