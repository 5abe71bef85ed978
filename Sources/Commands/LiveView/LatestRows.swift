import Columnar
import Formats
import Synchronization

/// The newest rows of one relation, for a look at what comes out while it runs.
final class LatestRows: Sendable {
    let relation: String
    private let limit: Int
    private let rows = Mutex<[String]>([])

    init(of relation: String, limit: Int = 4) {
        self.relation = relation
        self.limit = limit
    }

    /// Takes rows as JSON lines; all but the last few are forgotten unread.
    func take(_ text: String) {
        let lines = text.utf8.suffix(limit * Self.longestLine).split(separator: UInt8(ascii: "\n"))
        let newest = lines.suffix(limit).compactMap { LatestRows.display(Array($0)) }
        rows.withLock { rows in rows = (rows + newest).suffix(limit) }
    }

    private static let longestLine = 1000

    var lines: [String] { rows.withLock { $0 } }

    /// `12:30:00–12:35:00  p_0017  total_revenue 147.95  purchase_count 1`; nil for what is no row.
    static func display(_ line: [UInt8]) -> String? {
        guard let members = (try? JSONValue(parsing: line))?.members else { return nil }
        var parts: [String] = []
        var window: [String] = []
        for member in members {
            switch (member.name.lowercased(), member.value) {
            case ("windowstart", _), ("windowend", _):
                guard let time = member.value.int64 else { continue }
                window.append(String(LiveView.time(time).dropFirst(11).dropLast()))
            case (_, .null): continue
            case (_, .string(let text)): parts.append(text)
            case (let name, let value): parts.append("\(name) \(LatestRows.number(value))")
            }
        }
        if window.count == 2 { parts.insert(window.joined(separator: "–"), at: 0) }
        return parts.joined(separator: "  ")
    }

    /// Decimals without the zeros behind them.
    private static func number(_ value: JSONValue) -> String {
        guard var text = value.numberText, text.contains("."),
            !text.contains(where: { $0 == "e" || $0 == "E" })
        else { return value.text }
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }
}
