import Foundation
import TestKit
import Testing

/// The release program over real files: the same answer as DuckDB's, however the input comes and the work is
/// spread.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct AnswerTests {
    /// A run over 100,000 events to which others are compared.
    static let reference = Result {
        let shop = try Shop("reference", reading: try Oracle.data(.medium))
        try shop.runOnce()
        return shop
    }

    @Test(arguments: Oracle.Size.tested, [false, true])
    func theLakeEqualsTheOracleAndASecondRunChangesNothing(size: Oracle.Size, flush: Bool) throws {
        let data = try Oracle.data(size, flush: flush)
        let shop = try Shop("answer", reading: data)
        defer { shop.remove() }
        try shop.runOnce(limit: size.limit)
        let cache = Place.package + "/.deps/data/expected_\(size.rawValue)\(flush ? "_flush" : "").duckdb"
        try Oracle.expect(
            "compare_gold.py", [data, shop.lake] + (size == .medium ? [] : ["--cache", cache]), limit: 1200)
        let before = try shop.lakeFiles()
        try shop.runOnce(limit: size.limit)
        #expect(try shop.lakeFiles() == before)
    }

    @Test func onlyNewFilesAreRead() throws {
        let shop = try Shop("more")
        defer { shop.remove() }
        let files = try Oracle.files(try Oracle.data(.medium))
        var events: [Int] = []
        var versions: [Int] = []
        for part in [files[0..<4], files[4..<5], files[5...]] {
            for file in part { try shop.deliver(file) }
            let summary = try JSONDecoder().decode(Summary.self, from: Data(try shop.runOnce().output.utf8))
            events.append(summary.events)
            versions.append(shop.versions(of: "bronze/events"))
        }
        // Totals since the state directory was made.
        #expect(events == [40_000, 50_000, 100_000])
        #expect(versions == [2, 3, 4])
        try Oracle.expectEqual(shop.lake, try Self.reference.get().lake, "three runs")
    }

    private struct Summary: Decodable {
        let events: Int
    }

    /// Other threads, memory and epochs; each must give the same lake.
    static let variations: [[String]] = [
        ["--threads", "1"], ["--threads", "3"], ["--trigger", "1ms"], ["--state-memory", "1MB"],
        ["--threads", "3", "--trigger", "1ms", "--state-memory", "1MB"],
    ]

    @Test(arguments: variations) func theAnswerDoesNotDependOnHowItIsComputed(flags: [String]) throws {
        let shop = try Shop("variation", reading: try Oracle.data(.medium))
        defer { shop.remove() }
        try shop.runOnce(flags)
        try Oracle.expectEqual(shop.lake, try Self.reference.get().lake, flags.joined(separator: " "))
    }

    @Test(arguments: 1...(Place.isFull ? 10 : 2)) func theAnswerDoesNotDependOnTheSplitOfTheFiles(
        seed: Int
    ) throws {
        let shop = try Shop("split")
        defer { shop.remove() }
        var random = SeededGenerator(seed: UInt64(seed))
        var files = try Oracle.files(try Oracle.data(.medium))[...]
        while !files.isEmpty {
            let count = Int.random(in: 1...min(4, files.count), using: &random)
            for file in files.prefix(count) { try shop.deliver(file) }
            files = files.dropFirst(count)
            try shop.runOnce(["--threads", String(Int.random(in: 1...3, using: &random))])
        }
        try Oracle.expectEqual(shop.lake, try Self.reference.get().lake, "seed \(seed)")
    }

    /// Each run makes a version; delta-rs and ClickHouse must be able to read every one of them.
    @Test func everyVersionOfEveryTableIsReadableByOthers() throws {
        let shop = try Shop("versions")
        defer { shop.remove() }
        let size = Place.isFull ? Oracle.Size.medium : .small
        for file in try Oracle.files(try Oracle.data(size, flush: true)) {
            try shop.deliver(file)
            try shop.runOnce()
        }
        #expect(shop.versions(of: "gold/conversion") > 10)
        try Oracle.expect(
            "every_version.py",
            [
                "bronze/events", "bronze/dead_letters", "silver/events:event_id",
                "gold/anomalies:window_start,user_id", "gold/revenue:window_start,product_id",
                "gold/conversion:window_start,session_id", "gold/sales_metrics:event_date,category",
                "gold/user_engagement:event_date", "gold/traffic_analysis:event_date,event_hour,device_type",
            ].map { shop.lake + "/" + $0 } + ["--quiet"])
    }
}
