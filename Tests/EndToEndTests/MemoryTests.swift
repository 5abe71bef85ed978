import Foundation
import Testing

/// Memory has bounds: by the state that it may hold, and by windows that close.
@Suite(.enabled(if: Place.canCheck && Place.isFull, "takes minutes: set MILLRACE_FULL=1"), .serialized)
struct MemoryTests {
    @Test func tenTimesTheInputTakesNoMoreMemory() throws {
        let peaks = try [Oracle.Size.large, .huge].map { size in
            let shop = try Shop("memory", reading: try Oracle.data(size))
            defer { shop.remove() }
            return try shop.runOnce(limit: size.limit).peakBytes >> 20
        }
        print("peak memory: \(peaks[0]) MB for 1 M events, \(peaks[1]) MB for 10 M")
        #expect(Double(peaks[1]) <= Double(peaks[0]) * 1.3 + 64)
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
