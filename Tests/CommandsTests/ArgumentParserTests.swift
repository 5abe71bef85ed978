import Diagnostics
import TestKit
import Testing

@testable import Commands

@Suite("Arguments")
struct ArgumentParserTests {
    private static let command = CommandDescription(
        name: "mill", summary: "grind",
        operands: [Operand("FILE", "what to grind", .oneOrMore)],
        flags: [
            Flag("--once", .toggle, "one time"), Flag("--rate", .value("N"), "how fast"),
            Flag("--dir", .value("DIR"), "where"), Flag("-D", .repeated("NAME=VALUE"), "define"),
        ])

    private func parse(
        _ words: [String], _ environment: [String: String] = [:]
    ) throws(Diagnostic) -> ParsedArguments {
        try ArgumentParser.parse(words, as: Self.command) { environment[$0] }
    }

    @Test("flags and operands mix, with and without an equals sign")
    func mixed() throws {
        let parsed = try parse(["a", "--rate=5", "-D", "x=1", "b", "--once", "-Dy=2=3", "--dir", "d"])
        #expect(parsed.all("FILE") == ["a", "b"])
        #expect(parsed.text("--rate") == "5")
        #expect(parsed.isSet("--once"))
        #expect(try parsed.pairs("-D") == ["x": "1", "y": "2=3"])
        #expect(parsed.text("--dir") == "d")
    }

    @Test("behind two dashes all are operands")
    func dashes() throws {
        #expect(try parse(["--once", "--", "--rate", "-x"]).all("FILE") == ["--rate", "-x"])
    }

    @Test("a negative number is a value, another dash is not")
    func negative() throws {
        #expect(try parse(["a", "--rate", "-5"]).text("--rate") == "-5")
        #expect(throws: Diagnostic.self) { try parse(["a", "--rate", "-x"]) }
        #expect(try parse(["a", "--rate=-x"]).text("--rate") == "-x")
    }

    @Test("help needs nothing else, wherever it stands")
    func help() throws {
        #expect(try parse(["--help"]).isSet("--help"))
        #expect(try parse(["a", "-h"]).isSet("--help"))
    }

    @Test("the environment stands for flags that are left out")
    func environment() throws {
        let variables = ["MILLRACE_RATE": "7", "MILLRACE_ONCE": "1", "MILLRACE_DIR": "", "MILLRACE_D": "z=1"]
        let parsed = try parse(["a"], variables)
        #expect(parsed.text("--rate") == "7")
        #expect(parsed.isSet("--once"))
        #expect(!parsed.isSet("--dir"))
        #expect(!parsed.isSet("-D"))
        #expect(try parse(["a", "--rate", "1"], variables).text("--rate") == "1")
        #expect(try !parse(["a"], ["MILLRACE_ONCE": "0"]).isSet("--once"))
    }

    /// What was meant is what is understood, in whatever order and spelling it is written.
    @Test("any spelling of the same call is the same call", arguments: 0..<300 as Range<UInt64>)
    func spellings(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let values = ["5", "a b", "", "x=y", "é", "--odd", "-1", "0.5"]
        let rate = values.randomElement(using: &random) ?? ""
        let directory = Bool.random(using: &random) ? values.randomElement(using: &random) : nil
        let isOnce = Bool.random(using: &random)
        let files = (0...Int.random(in: 0...3, using: &random)).map { "file\($0)" }
        let pairs = (0..<Int.random(in: 0...3, using: &random)).map {
            ("n\($0)", values.randomElement(using: &random) ?? "")
        }

        func spelt(_ flag: String, _ value: String) -> [String] {
            let canStandAlone = !value.hasPrefix("-") || Double(value) != nil
            return canStandAlone && Bool.random(using: &random) ? [flag, value] : ["\(flag)=\(value)"]
        }
        var parts = [spelt("--rate", rate)]
        if let directory { parts.append(spelt("--dir", directory)) }
        if isOnce { parts.append(["--once"]) }
        for (name, value) in pairs {
            parts.append(Bool.random(using: &random) ? ["-D", "\(name)=\(value)"] : ["-D\(name)=\(value)"])
        }
        // Operands keep their order; flags go anywhere between them.
        parts.shuffle(using: &random)
        for (index, file) in files.enumerated() {
            let after = parts.lastIndex { $0.first?.hasPrefix("file") == true }.map { $0 + 1 } ?? 0
            parts.insert(
                [file],
                at: index == 0
                    ? Int.random(in: 0...parts.count, using: &random)
                    : Int.random(in: after...parts.count, using: &random))
        }
        let words = parts.flatMap { $0 }
        let parsed = try parse(words)
        #expect(parsed.text("--rate") == rate, "seed \(seed): \(words)")
        #expect(parsed.text("--dir") == directory, "seed \(seed): \(words)")
        #expect(parsed.isSet("--once") == isOnce, "seed \(seed): \(words)")
        #expect(parsed.all("FILE") == files, "seed \(seed): \(words)")
        #expect(try parsed.pairs("-D") == Dictionary(pairs) { _, last in last }, "seed \(seed): \(words)")
    }

    @Test("random words are understood or refused, never a crash", arguments: 0..<500 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = ["-", "--", "=", "D", "rate", "once", "a", "\u{0}", "é", "5", " "]
        let words = (0..<Int.random(in: 0...6, using: &random)).map { _ in
            (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            .joined()
        }
        do throws(Diagnostic) {
            _ = try parse(words)
        } catch {
            #expect(error.code == .usage, "seed \(seed): \(words)")
            #expect(error.hint != nil, "seed \(seed): \(words)")
        }
    }
}
