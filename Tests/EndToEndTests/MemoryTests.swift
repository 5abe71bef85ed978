import Foundation
import Testing

/// Memory has bounds: by the state that it may hold, and by windows that close.
@Suite(.enabled(if: Place.canCheck && Place.isFull, "takes minutes: set MILLRACE_FULL=1"), .serialized)
struct MemoryTests {
    /// Epochs are small, so that a million events too keep everything at work that takes memory for a while.
    @Test func tenTimesTheInputTakesNoMoreMemory() throws {
        let peaks = try [Oracle.Size.large, .huge].map { size in
            let shop = try Shop("memory", reading: try Oracle.data(size), epochBytes: 16_000_000)
            defer { shop.remove() }
            return try shop.runOnce(limit: size.limit).peakBytes >> 20
        }
        print("peak memory: \(peaks[0]) MB for 1 M events, \(peaks[1]) MB for 10 M")
        // Some 200 MB are the distinct users and sessions of the day, and what the allocator keeps.
        #expect(Double(peaks[1]) <= Double(peaks[0]) * 1.2 + 200)
    }

    @Test func tenMillionEventsOfAShopInSixtyFourMegabytesOfState() throws {
        let data = try Oracle.data(.huge)
        let shop = try Shop("spilled", reading: data)
        defer { shop.remove() }
        let ended = try shop.runOnce(["--state-memory", "64MB"], limit: 900)
        print("64 MB of state: \(ended.peakBytes >> 20) MB, \(Int(ended.seconds)) s for 10 M events")
        let cache = Place.package + "/.deps/data/expected_10m.duckdb"
        try Oracle.expect("compare_gold.py", [data, shop.lake, "--cache", cache], limit: 1800)
    }

    /// Ten million different events within five minutes: none of them may be forgotten.
    @Test func tenMillionDistinctEventsInSixtyFourMegabytesOfState() throws {
        let data = try Place.folder("distinct")
        defer { try? FileManager.default.removeItem(atPath: data) }
        try DistinctEvents.write(to: data, files: 100, eventsPerFile: 100_000)
        var peaks: [Int] = []
        for flags in [["--state-memory", "64MB"], []] {
            let shop = try Shop("distinct", reading: data)
            defer { shop.remove() }
            peaks.append(try shop.runOnce(flags, limit: 900).peakBytes >> 20)
            try Oracle.expect(
                "compare_gold.py", [data, shop.lake], flags.joined(separator: " "), limit: 1800)
        }
        print(
            "ten million distinct events: \(peaks[0]) MB with 64 MB of state, \(peaks[1]) MB without a limit")
        #expect(peaks[0] < peaks[1])
    }
}
