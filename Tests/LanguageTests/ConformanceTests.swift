import Diagnostics
import Language
import Testing

@Suite("ksqlDB's own statements")
struct ConformanceTests {
    static let suites = ["query-validation-tests", "rest-query-validation-tests"]

    @Test("parse, unless their case expects an error", arguments: suites)
    func statementsParse(suite: String) throws {
        guard ConformanceCorpus.isThere(suite) else {
            print("skipped: \(suite) is not in MILLRACE_TESTDATA")
            return
        }
        var parsed = 0
        for testCase in try ConformanceCorpus(suite: suite).cases where testCase.expectedError == nil {
            for text in testCase.statements {
                do {
                    let statements = try Parser.statements(in: text)
                    #expect(!statements.isEmpty)
                    parsed += statements.count
                } catch {
                    Issue.record("\(testCase.file), \(testCase.name):\n\(error.rendered())")
                }
            }
        }
        print("\(suite): \(parsed) statements parsed")
        #expect(parsed > 300)
    }

    @Test("give back an equal tree when formatted and parsed again", arguments: suites)
    func statementsRoundTrip(suite: String) throws {
        guard ConformanceCorpus.isThere(suite) else {
            print("skipped: \(suite) is not in MILLRACE_TESTDATA")
            return
        }
        for testCase in try ConformanceCorpus(suite: suite).cases {
            for text in testCase.statements {
                guard let statements = try? Parser.statements(in: text) else { continue }
                for statement in statements {
                    let formatted = statement.formatted
                    do {
                        let again = try Parser.statement(formatted)
                        #expect(again == statement, "\(formatted)")
                        #expect(again.formatted == formatted)
                    } catch {
                        Issue.record("\(formatted)\n\(error.rendered())")
                    }
                }
            }
        }
    }

    /// What ksqlDB refuses after parsing, we may refuse while parsing only where its parser does so too.
    @Test("are refused where ksqlDB's parser refuses them", arguments: suites)
    func refusals(suite: String) throws {
        guard ConformanceCorpus.isThere(suite) else {
            print("skipped: \(suite) is not in MILLRACE_TESTDATA")
            return
        }
        var refused = 0
        var accepted: [String] = []
        var early: [String] = []
        for testCase in try ConformanceCorpus(suite: suite).cases {
            guard let kind = testCase.expectedError else { continue }
            do {
                for text in testCase.statements { _ = try Parser.statements(in: text) }
                if kind.contains("ParseFailed") { accepted.append("\(testCase.file), \(testCase.name)") }
            } catch {
                refused += 1
                if !kind.contains("ParseFailed") {
                    early.append("\(testCase.file), \(testCase.name): \(error.oneLine)")
                }
            }
        }
        print("\(suite): \(refused) refused, \(accepted.count) accepted: \(accepted)")
        // A value of a property is the planner's matter.
        #expect(accepted.allSatisfy { $0.hasSuffix("import table with invalid window size") })
        // The REST cases name no phase; theirs are LIMITs that are no whole numbers.
        #expect(early.allSatisfy { $0.contains("in the LIMIT clause") }, "\(early)")
    }
}
