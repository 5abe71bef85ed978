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

    @Test(arguments: Oracle.Size.tested, Place.isFull ? [false, true] : [true])
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
    static let variations: [[String]] =
        [["--threads", "1"], ["--threads", "3", "--trigger", "1ms", "--state-memory", "1MB"]]
        + (Place.isFull ? [["--threads", "3"], ["--trigger", "1ms"], ["--state-memory", "1MB"]] : [])

    @Test(arguments: variations) func theAnswerDoesNotDependOnHowItIsComputed(flags: [String]) throws {
        let shop = try Shop("variation", reading: try Oracle.data(.medium))
        defer { shop.remove() }
        try shop.runOnce(flags)
        try Oracle.expectEqual(shop.lake, try Self.reference.get().lake, flags.joined(separator: " "))
    }

    @Test(arguments: 1...(Place.isFull ? 10 : 1)) func theAnswerDoesNotDependOnTheSplitOfTheFiles(
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

    /// The same lines in other files: some of one line, some empty, some compressed.
    @Test(arguments: 1...(Place.isFull ? 10 : 1)) func theAnswerDoesNotDependOnWhichFileALineIsIn(
        seed: Int
    ) throws {
        let shop = try Shop("lines")
        defer { shop.remove() }
        var random = SeededGenerator(seed: UInt64(seed))
        var text = Data()
        for file in try Oracle.files(try Oracle.data(.medium)) {
            text += try Data(contentsOf: URL(fileURLWithPath: file))
        }
        let lines = text.split(separator: UInt8(ascii: "\n"))
        let parts = try Place.folder("parts")
        defer { try? FileManager.default.removeItem(atPath: parts) }
        var next = 0
        var number = 0
        while next < lines.count {
            let most = [0, 1, 100, 20_000].randomElement(using: &random) ?? 1
            let part = lines[next..<min(lines.count, next + Int.random(in: 0...most, using: &random))]
            let path = parts + String(format: "/part_%06d.ndjson", number)
            try Data(part.joined(separator: [UInt8(ascii: "\n")])).write(to: URL(fileURLWithPath: path))
            // Files are read in the order of their times.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_795_000_000 + Double(number))],
                ofItemAtPath: path)
            let isCompressed = Int.random(in: 0..<4, using: &random) == 0
            if isCompressed { _ = try RunningProgram(["gzip", path]).wait() }
            try shop.deliver(path + (isCompressed ? ".gz" : ""))
            if Int.random(in: 0..<12, using: &random) == 0 { try shop.runOnce() }
            (next, number) = (part.endIndex, number + 1)
        }
        try shop.runOnce()
        // Where a line was is all that may differ.
        try Oracle.expectEqual(
            shop.lake, try Self.reference.get().lake, "seed \(seed)",
            flags: ["--ignore", "source_file,source_offset"])
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
        try Oracle.expectEveryVersionReadable(shop, "a version for each file")
    }
}
