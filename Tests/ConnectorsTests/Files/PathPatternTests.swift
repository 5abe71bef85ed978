import Diagnostics
import Storage
import Testing

@testable import Connectors

@Suite struct PathPatternTests {
    private func matches(_ pattern: String, _ name: String) throws -> Bool {
        let alternatives = try #require(NamePattern.alternatives(pattern))
        return try alternatives.contains { try #require(NamePattern($0)).matches(name) }
    }

    @Test(arguments: [
        ("*.json", "a.json", true), ("*.json", "a.jsonl", false), ("*.json", ".a.json", false),
        ("*.json", "_a.json", false), ("*", "a.tmp", false), (".*", ".a", true), ("_*", "_a", true),
        ("a?c", "abc", true), ("a?c", "aéc", true), ("a?c", "ac", false), ("[a-c]x", "bx", true),
        ("[!a-c]x", "bx", false), ("[!a-c]x", "dx", true), ("[^a]x", "ax", false), ("[]a]x", "]x", true),
        ("[a-]x", "-x", true), ("*a*b*c*", "1a2b3c4", true), ("*a*b*c*", "1a2c3b4", false),
        ("{a,b}.csv", "b.csv", true), ("{a,b{1,2}}.csv", "b2.csv", true), ("a{,.gz}", "a", true),
        ("a{,.gz}", "a.gz", true), ("a{,.gz}", "a.g", false), ("\\*", "*", true), ("\\*", "a", false),
        ("**", "abc", true), ("", "", true), ("*.{json,jsonl,ndjson}{,.gz,.zst}", "x.ndjson.zst", true),
    ]) func namesMatchAsInAShell(pattern: String, name: String, expected: Bool) throws {
        #expect(try matches(pattern, name) == expected)
    }

    @Test func starsDoNotTakeForeverOnHostileNames() throws {
        let pattern = String(repeating: "*a", count: 30) + "*b"
        #expect(try !matches(pattern, String(repeating: "a", count: 2000)))
    }

    @Test func unclosedBracketsAndBracesAreRefused() {
        #expect(NamePattern("[a") == nil)
        #expect(NamePattern.alternatives("{a") == nil)
        #expect(NamePattern.alternatives("a}") == nil)
    }

    @Test func globsFindFilesInDirectoriesAtAnyDepth() throws {
        let files = SimulatedFileSystem()
        try files.createDirectory("/d/x/y")
        let pattern = try PathPattern("/d/**/*.json", filePatterns: ["*"], in: files)
        #expect(pattern.root == "/d")
        #expect(pattern.matchesFile("a.json", in: pattern.start))
        let inX = pattern.states(in: pattern.start, entering: "x")
        #expect(pattern.matchesFile("a.json", in: inX))
        #expect(pattern.matchesFile("a.json", in: pattern.states(in: inX, entering: "y")))
        #expect(pattern.states(in: inX, entering: "_y").isEmpty)
        let fixed = try PathPattern("/d/*/y/[ab].csv", filePatterns: ["*"], in: files)
        #expect(!fixed.matchesFile("a.csv", in: fixed.start))
        let one = fixed.states(in: fixed.start, entering: "q")
        #expect(!fixed.matchesFile("a.csv", in: one))
        #expect(fixed.states(in: one, entering: "z").isEmpty)
        #expect(fixed.matchesFile("a.csv", in: fixed.states(in: one, entering: "y")))
    }

    @Test func aMissingDirectoryIsToldWithTheNearestName() throws {
        let files = SimulatedFileSystem()
        try files.createDirectory("/data/raw/events")
        for (path, near) in [
            ("/data/rwa/events", "/data/raw/events"), ("/data/raw/event", "/data/raw/events"),
            ("/data/raw/evnts/*.json", "/data/raw/events"),
        ] {
            let error = #expect(throws: Diagnostic.self) {
                _ = try PathPattern(path, filePatterns: ["*"], in: files)
            }
            #expect(error?.code == .notFound)
            #expect(error?.hint?.contains(near) == true, "\(String(describing: error?.hint))")
        }
        let nothing = #expect(throws: Diagnostic.self) {
            _ = try PathPattern("/data/zebra", filePatterns: ["*"], in: files)
        }
        #expect(nothing?.hint == "create it, or check 'path'")
        let file = try files.create("/data/file")
        file.close()
        let notDirectory = #expect(throws: Diagnostic.self) {
            _ = try PathPattern("/data/file/*.json", filePatterns: ["*"], in: files)
        }
        #expect(notDirectory?.message == "/data/file is a file, not a directory")
    }
}
