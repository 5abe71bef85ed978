import Foundation
import TestKit

/// Events that are all different but for one in a hundred, which repeats any of those before it.
enum DistinctEvents {
    static func write(to directory: String, files: Int, eventsPerFile: Int) throws {
        var random = SeededGenerator(seed: 11)
        var next = 0
        // 2026-11-18T12:00:00Z; all lies within five minutes.
        let total = files * eventsPerFile
        for file in 0..<files {
            var text = ""
            text.reserveCapacity(eventsPerFile * 200)
            for _ in 0..<eventsPerFile {
                var number = next
                if next > 0, Int.random(in: 0..<100, using: &random) == 0 {
                    number = Int.random(in: 0..<next, using: &random)
                } else {
                    next += 1
                }
                text += line(number, of: total)
            }
            let path = directory + String(format: "/events_%04d.json", file)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            // Files are read in the order of their times.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_795_000_000 + Double(file))],
                ofItemAtPath: path)
        }
    }

    private static func line(_ number: Int, of total: Int) -> String {
        let time = number * 300_000 / total
        let (minute, second, millisecond) = (time / 60_000, time / 1000 % 60, time % 1000)
        // The thousand in front keeps the zeros.
        let clock = "0\(minute):\(second < 10 ? "0" : "")\(second)." + String(millisecond + 1000).dropFirst()
        let scattered = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        return """
            {"event_id":"\(String(scattered, radix: 16))",\
            "event_type":"\(number % 5 == 0 ? "purchase" : "page_view")",\
            "user_id":"u\(scattered % 200_000)","session_id":"s\(number % 1_000_000)",\
            "product_id":"p\(number % 997)",\
            "timestamp":"2026-11-18T12:\(clock)Z","price":\(number % 100).25,\
            "quantity":\(1 + number % 3),"device":"mobile"}

            """
    }
}
