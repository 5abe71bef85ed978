import Columnar
import Diagnostics
import Formats
import Synchronization

/// The newest rows of one relation, for a look at what comes out while it runs.
final class LatestRows: Sendable {
    /// A value under its column's title.
    struct Cell: Equatable {
        let title: String
        let text: String
        let isNumber: Bool
    }

    let relation: String
    private let limit: Int
    private let rows = Mutex<[[Cell]]>([])

    init(of relation: String, limit: Int = 4) {
        self.relation = relation
        self.limit = limit
    }

    /// Takes rows as JSON lines; all but the last few are forgotten unread.
    func take(_ text: String) {
        let lines = text.utf8.suffix(limit * Self.longestLine).split(separator: UInt8(ascii: "\n"))
        let newest = lines.suffix(limit).compactMap { LatestRows.cells(Array($0)) }.filter { !$0.isEmpty }
        rows.withLock { rows in rows = (rows + newest).suffix(limit) }
    }

    private static let longestLine = 1000

    /// A line of titles and one for each row, as many columns as go into `width`; nothing without rows.
    func lines(width: Int) -> [String] {
        let rows = rows.withLock { $0 }
        var titles: [Cell] = []
        // A column that is NULL in one row may be there in another.
        for cell in rows.joined() where !titles.contains(where: { $0.title == cell.title }) {
            titles.append(cell)
        }
        while !titles.isEmpty {
            var table = TextTable(titles.map { ($0.title, $0.isNumber ? .right : .left) })
            for row in rows {
                table.add(titles.map { title in row.first { $0.title == title.title }?.text ?? "" })
            }
            let lines = table.lines()
            if titles.count == 1 || lines.allSatisfy({ DisplayWidth.of($0) <= width }) { return lines }
            titles.removeLast()
        }
        return []
    }

    /// The window first, as `12:30–12:35`; nil for what is no row.
    private static func cells(_ line: [UInt8]) -> [Cell]? {
        guard let members = (try? JSONValue(parsing: line))?.members else { return nil }
        var cells: [Cell] = []
        var window: [Int64] = []
        for member in members {
            let title = member.name.lowercased()
            switch (title, member.value) {
            case ("windowstart", _), ("windowend", _):
                if let time = member.value.int64 { window.append(time) }
            case (_, .null): continue
            case (_, .string(let text)): cells.append(Cell(title: title, text: text, isNumber: false))
            case (_, let value):
                cells.append(Cell(title: title, text: LatestRows.number(value), isNumber: true))
            }
        }
        if window.count == 2 {
            let isWhole = window.allSatisfy { $0 % 60_000 == 0 }
            let times = window.map { LiveView.time($0).dropFirst(11).dropLast(isWhole ? 4 : 1) }
            cells.insert(
                Cell(title: "window", text: times.joined(separator: "–"), isNumber: false), at: 0)
        }
        return cells
    }

    /// Decimals with two places, or as many as they need.
    private static func number(_ value: JSONValue) -> String {
        guard let text = value.numberText, let point = text.lastIndex(of: "."),
            !text.contains(where: { $0 == "e" || $0 == "E" })
        else { return value.text }
        var places = Array(text[text.index(after: point)...])
        while places.count > 2, places.last == "0" { places.removeLast() }
        return text[...point] + String(places)
    }
}
