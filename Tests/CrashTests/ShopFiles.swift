import Columnar
import TestKit

/// A shop's files, the same for the same seed: events in order, a few late, repeated, malformed, and blank
/// lines.
enum ShopFiles {
    /// Lines of each file. Event time begins shortly before midnight and goes on by `pace` milliseconds a
    /// line.
    static func make(seed: UInt64, files: Int, linesPerFile: Int, pace: Int64 = 2000) -> [[String]] {
        var random = SeededGenerator(seed: seed)
        var recent: [String] = []
        return (0..<files).map { file in
            (0..<linesPerFile).map { line in
                let number = file * linesPerFile + line
                let chance = Int.random(in: 0..<100, using: &random)
                switch chance {
                case 0..<5 where !recent.isEmpty: return recent.randomElement(using: &random) ?? ""
                case 5..<8: return malformed(number, pace, &random)
                case 8: return ""
                default:
                    let late = chance < 13 ? Int64.random(in: 4...26, using: &random) * 60_000 : 0
                    let event = event(number, time: start + Int64(number) * pace - late, &random)
                    recent.append(event)
                    if recent.count > 40 { recent.removeFirst() }
                    return event
                }
            }
        }
    }

    private static let start: Int64 = 1_772_667_300_000

    private static func event(_ number: Int, time: Int64, _ random: inout SeededGenerator) -> String {
        let type =
            ["page_view", "page_view", "add_to_cart", "purchase", "search"].randomElement(using: &random)
            ?? ""
        let cents = Int.random(in: 1...99_999, using: &random)
        let device = ["\"mobile\"", "\"desktop\"", "null"].randomElement(using: &random) ?? ""
        return """
            {"event_id":"e\(number)","event_type":"\(type)",\
            "user_id":"u\(Int.random(in: 0..<25, using: &random))",\
            "session_id":"s\(number / 40)-\(Int.random(in: 0..<4, using: &random))",\
            "product_id":"p\(Int.random(in: 0..<6, using: &random))",\
            "price":\(cents / 100).\(cents % 100 / 10)\(cents % 10),\
            "quantity":\(Int.random(in: 1...4, using: &random)),"device":\(device),\
            "timestamp":"\(Civil.timestampText(milliseconds: time))Z"}
            """
    }

    private static func malformed(_ number: Int, _ pace: Int64, _ random: inout SeededGenerator) -> String {
        let whole = event(number, time: start + Int64(number) * pace, &random)
        return [
            String(whole.dropLast(20)), "[1, 2]", "nothing",
            whole.replacing("\"price\":", with: "\"price\":-"),
            whole.replacing("\"event_type\":\"", with: "\"event_type\":\"un"),
            whole.replacing("\"event_id\":\"e\(number)\",", with: ""),
        ].randomElement(using: &random) ?? ""
    }
}
