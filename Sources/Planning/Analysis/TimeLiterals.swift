import Columnar
import Language

/// Texts that stand for times where a time in milliseconds is compared: `ROWTIME > '2018-01-01T00:00'`.
enum TimeLiterals {
    /// The milliseconds that a text stands for beside ROWTIME, WINDOWSTART or WINDOWEND; nil when it is no
    /// such text.
    ///
    /// The text may end early: `2018`, `2018-01`, `2018-01-01T05`. Without a zone it is UTC.
    static func milliseconds(_ text: String) -> Int64? {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        var date = String(parts[0])
        switch date.utf8.count {
        case 4: date += "-01-01";
        case 7: date += "-01";
        default: break
        }
        var time = parts.count > 1 ? String(parts[1]) : ""
        var zone = ""
        if let start = time.firstIndex(where: { "+-Zz".contains($0) }) {
            zone = String(time[start...]).uppercased()
            time = String(time[..<start])
        }
        switch time.utf8.count {
        case 0: time = "00:00:00";
        case 2: time += ":00:00";
        case 5: time += ":00";
        default: break
        }
        // 24:00 is the next day's midnight, as in ISO 8601.
        let isEndOfDay = time.hasPrefix("24:") && time.dropFirst(2).allSatisfy { ":.0".contains($0) }
        if isEndOfDay { time = "00" + time.dropFirst(2) }
        var whole = date + "T" + time + zone
        let milliseconds = whole.withUTF8 { TimestampText.parse(UnsafeRawBufferPointer($0)) }
        return milliseconds.map { $0 + (isEndOfDay ? Civil.millisecondsPerDay : 0) }
    }

    static func isPseudoColumn(_ syntax: Expression) -> Bool {
        guard case .column(_, let name) = syntax.kind else { return false }
        return PseudoColumn(name: name.text) != nil
    }

    /// Whether an expression is a pseudo-column that holds a time.
    static func isTime(_ syntax: Expression) -> Bool {
        guard case .column(_, let name) = syntax.kind else { return false }
        switch PseudoColumn(name: name.text) {
        case .rowTime, .windowStart, .windowEnd: return true
        default: return false
        }
    }
}
