import Foundation
import Testing

/// The examples over the data that they are about: what DuckDB makes of the same files.
@Suite(.enabled(if: Example.canCheck, "\(Example.isMissing)"))
struct ExampleTests {
    /// Other threads and sizes of chunks and epochs; each must give the same tables.
    static let variations: [(flags: [String], chunkBytes: Int?)] = [
        (["--threads", "2"], nil), (["--threads", "3", "--state-memory", "1MB"], 20_000),
    ]

    @Test(arguments: Example.allCases, Place.isFull ? [0, 1] : [1])
    func itsTablesEqualDuckDBs(example: Example, variation: Int) throws {
        let place = try Place.folder(example.rawValue)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let (flags, chunkBytes) = Self.variations[variation]
        let summary = try example.run(in: place, flags: flags, chunkBytes: chunkBytes)
        #expect(summary.late == 0)
        #expect(summary.dead_letters == 0)
        try Oracle.expect("compare_example.py", [example.rawValue, example.input, place + "/lake"])
    }

    @Test func theWholeRevenueIsExact() throws {
        let place = try Place.folder("revenue")
        defer { try? FileManager.default.removeItem(atPath: place) }
        try Example.onlineRetail.run(in: place)
        // As the data's SOURCE.md has it, to the penny.
        #expect(try Self.answer("SELECT sum(revenue) FROM gold.revenue", place) == "318131.240")
        #expect(try Self.answer("SELECT sum(lines) FROM gold.cancellations", place) == "197")
    }

    /// A copy has the times of its copying: then the newest day may come first.
    @Test func theDaysOfOnlineRetailMayComeInAnyOrder() throws {
        let place = try Place.folder("reversed")
        defer { try? FileManager.default.removeItem(atPath: place) }
        let input = place + "/input"
        try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
        let files = try Oracle.files(Example.onlineRetail.input).filter { $0.hasSuffix(".csv") }
        for (index, file) in files.reversed().enumerated() {
            let copy = input + "/" + (file as NSString).lastPathComponent
            _ = FileManager.default.createFile(
                atPath: copy, contents: FileManager.default.contents(atPath: file))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_795_000_000 + Double(index))],
                ofItemAtPath: copy)
        }
        let summary = try Example.onlineRetail.run(in: place, input: input)
        #expect(summary.late == 0)
        try Oracle.expect("compare_example.py", ["online-retail", input, place + "/lake"])
    }

    /// Requests are written down up to 59 seconds late, which only windows shorter than a minute can tell:
    /// all that the sample has of an hour lies in one minute.
    @Test(arguments: [("59 seconds", true), ("58 seconds", false)])
    func theWatermarkWaitsForTheLatestRequest(delay: String, isEnough: Bool) throws {
        let place = try Place.folder("late")
        defer { try? FileManager.default.removeItem(atPath: place) }
        let summary = try Example.accessLog.run(
            in: place,
            replacing: [
                ("watermark_delay = '1 minute'", "watermark_delay = '\(delay)'"),
                ("SIZE 1 MINUTE", "SIZE 1 SECOND"),
            ])
        let counted = try Self.answer("SELECT sum(requests) FROM gold.minutes", place)
        #expect((counted == "10000") == isEnough)
        #expect(counted == String(10_000 - summary.late))
    }

    @Test func aLineThatIsNoRequestIsKept() throws {
        let place = try Place.folder("broken")
        defer { try? FileManager.default.removeItem(atPath: place) }
        let log = place + "/access.log"
        let lines = try String(contentsOfFile: Example.accessLog.input, encoding: .utf8)
            .split(separator: "\n").prefix(100)
        let broken = "83.149.9.216 - - [99/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"x\""
        try (lines + [Substring(broken), "", "\u{1}"]).joined(separator: "\n")
            .write(toFile: log, atomically: true, encoding: .utf8)
        try Example.accessLog.run(in: place, input: log)
        #expect(try Self.answer("SELECT count(*) FROM silver.requests", place) == "100")
        #expect(
            try Self.answer("SELECT line FROM silver.unreadable ORDER BY length(line) DESC", place)
                .hasPrefix("\"83.149.9.216"))
    }

    private static func answer(_ sql: String, _ place: String) throws -> String {
        let words = [Place.program, "query", "--lake", place + "/lake", "--format", "csv", sql]
        let ended = try RunningProgram(words).wait()
        #expect(ended.exitCode == 0, "\(ended.errors)")
        return ended.output.split(separator: "\n").dropFirst().joined(separator: "\n")
    }
}

/// A folder of `examples`, and the test data that it is about.
enum Example: String, CaseIterable, Sendable {
    case onlineRetail = "online-retail"
    case accessLog = "access-log"
    case ottoSessions = "otto-sessions"

    struct Summary: Decodable {
        let events: Int
        let late: Int
        // As the program writes it.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let dead_letters: Int
    }

    static let testData =
        ProcessInfo.processInfo.environment["MILLRACE_TESTDATA"] ?? Place.package + "/../shared/testdata"
    private static let data = testData + "/clickstream"

    static let canCheck =
        Place.hasProgram && FileManager.default.isExecutableFile(atPath: Place.python)
        && FileManager.default.fileExists(atPath: data)
    static let isMissing =
        "needs bin/millrace (make program), .deps/venv (scripts/setup --tests) and MILLRACE_TESTDATA"

    var input: String {
        switch self {
        case .onlineRetail: Self.data + "/online-retail"
        case .accessLog: Self.data + "/apache-access-2015-05.log"
        case .ottoSessions: Self.data + "/otto-sessions.jsonl"
        }
    }

    /// Runs it as its README says, from the package's folder.
    @discardableResult
    func run(
        in place: String, input: String? = nil, flags: [String] = [], chunkBytes: Int? = nil,
        replacing: [(String, String)] = []
    ) throws -> Summary {
        var script = "examples/\(rawValue)/\(rawValue).sql"
        var words: [String] = []
        if let chunkBytes {
            words.append(place + "/settings.sql")
            try "SET 'chunk.bytes' = '\(chunkBytes)'; SET 'epoch.max.bytes' = '\(chunkBytes * 4)';"
                .write(toFile: words[0], atomically: true, encoding: .utf8)
        }
        if !replacing.isEmpty {
            var text = try String(contentsOfFile: Place.package + "/" + script, encoding: .utf8)
            for (old, new) in replacing {
                #expect(text.contains(old))
                text = text.replacingOccurrences(of: old, with: new)
            }
            script = place + "/\(rawValue).sql"
            try text.write(toFile: script, atomically: true, encoding: .utf8)
        }
        words += [
            script, "--once", "--json", "--state", place + "/state", "-D", "lake=\(place)/lake",
            "-D", "input=\(input ?? self.input)",
        ]
        let ended = try RunningProgram([Place.program, "run"] + words + flags).wait()
        guard ended.exitCode == 0 else { throw RunningProgram.Failure(description: ended.errors) }
        return try JSONDecoder().decode(Summary.self, from: Data(ended.output.utf8))
    }
}
