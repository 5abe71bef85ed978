import Diagnostics
import Language
import TestKit
import Testing

@Suite("Hostile input")
struct HostileInputTests {
    /// Each of these would overflow the stack of a parser that counts on good will.
    static let deep: [String] = {
        let count = 30_000
        func many(_ text: String) -> String { String(repeating: text, count: count) }
        return [
            "SELECT \(many("(")) FROM a", "SELECT \(many("(("))1\(many("))")) FROM a", "SELECT \(many("-("))",
            "SELECT \(many("- "))1 FROM a", "SELECT \(many("NOT "))a FROM b", "SELECT \(many("f(")) FROM a",
            "SELECT \(many("ARRAY[")) FROM a", "SELECT \(many("CASE WHEN ")) FROM a", "SELECT a\(many("[a"))",
            "SELECT \(many("MAP('a' := ")) FROM a", "SELECT \(many("STRUCT(a := ")) FROM a",
            "SELECT \(many("CAST(")) FROM a", "SELECT f(\(many("x => "))x) FROM a",
            "\(many("EXPLAIN "))SHOW STREAMS",
            "CREATE STREAM a (b \(many("ARRAY<")) INT)", "CREATE TYPE a AS \(many("STRUCT<a "))INT",
            "SELECT 1\(many(" + 1")) FROM a", "SELECT a\(many(" OR a")) FROM a",
            "SELECT a\(many("->b")) FROM a",
            "SELECT a\(many("[1]")) FROM a", "SELECT a\(many(" || a")) FROM a",
            "SELECT a FROM b WHERE c IN (\(many("("))",
            "SELECT a FROM b GROUP BY \(many("("))", "SELECT f(\(many("("))) FROM a",
        ]
    }()

    @Test("is refused when it is nested too deeply", arguments: deep.indices)
    func nesting(_ index: Int) {
        let error = #expect(throws: Diagnostic.self) { try Parser.statement(Self.deep[index]) }
        #expect(error?.code == .nestingLimit || error?.code == .syntax)
    }

    @Test("may be wide")
    func width() throws {
        let columns = (0..<20_000).map { "c\($0) + 1 AS d\($0)" }.joined(separator: ", ")
        let list = (0..<20_000).map(String.init).joined(separator: ", ")
        #expect(try Parser.statements(in: "SELECT \(columns) FROM a WHERE x IN (\(list));").count == 1)
        let joins = (0..<2_000).map { " JOIN s\($0) ON a.id = s\($0).id" }.joined()
        #expect(try Parser.statements(in: "SELECT * FROM a\(joins);").count == 1)
        #expect(try Parser.statements(in: String(repeating: "SHOW STREAMS;\n", count: 5_000)).count == 5_000)
    }

    @Test("nested and chained within the limits is parsed, compared and written back")
    func withinLimits() throws {
        let nested = String(repeating: "(", count: 90) + "1" + String(repeating: ")", count: 90)
        #expect(try Parser.expression(nested).kind == .integer(1))
        let chain = try Parser.expression("a" + String(repeating: " + a", count: 390))
        #expect(try Parser.expression(chain.formatted) == chain)
    }

    private static let seed: UInt64 = 20_260

    @Test("made of random bytes never crashes the parser")
    func randomBytes() {
        var generator = SeededGenerator(seed: Self.seed)
        let alphabet = Array("'\"`;()[]<>,.:=-+*/%|&!${}#\\ \n\t0123456789aAeE_éß日🚀\0".utf8)
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...80, using: &generator)
            let bytes = (0..<count).map { _ in
                Bool.random(using: &generator)
                    ? alphabet.randomElement(using: &generator) ?? 0
                    : UInt8.random(in: 0...255, using: &generator)
            }
            Self.parseAll(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("made of mutated statements never crashes the parser")
    func mutatedStatements() {
        var generator = SeededGenerator(seed: Self.seed)
        let words = StatementTests.canonical.flatMap { $0.split(separator: " ") }.map(String.init)
        for _ in 0..<6_000 {
            var parts = (StatementTests.canonical.randomElement(using: &generator) ?? "")
                .split(separator: " ").map(String.init)
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !parts.isEmpty {
                let index = parts.indices.randomElement(using: &generator) ?? 0
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: parts.remove(at: index)
                case 1: parts[index] = words.randomElement(using: &generator) ?? ""
                case 2: parts.insert(words.randomElement(using: &generator) ?? "", at: index)
                case 3:
                    parts[index] = String(parts[index].dropFirst(Int.random(in: 0...2, using: &generator)))
                default: parts.swapAt(index, parts.indices.randomElement(using: &generator) ?? 0)
                }
            }
            Self.parseAll(parts.joined(separator: " "))
        }
    }

    /// Reads to the end, through errors; whatever parses must be written back to the same.
    private static func parseAll(_ text: String) {
        var reader = ScriptReader(text, file: "fuzz.sql", overrides: ["a": "b'", "e": "; x"])
        while true {
            do {
                guard let statement = try reader.next() else { return }
                let again = try? Parser.statement(statement.formatted)
                #expect(again == statement, "seed \(seed): \(text)\nformatted: \(statement.formatted)")
            } catch {
                #expect(!error.rendered().isEmpty && error.location != nil, "seed \(seed): \(text)")
                #expect((error.location?.offset ?? 0) <= text.utf8.count, "seed \(seed): \(text)")
            }
        }
    }
}
