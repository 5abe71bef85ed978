import Diagnostics
import Testing

@testable import Commands

/// Tests that bring their process down.
@Suite struct TestIsolationTests {
    /// A worker that runs ten tests, of which these crash.
    private func ending(_ flags: [String], _ input: String, crashing: Set<Int>) -> ChildProcess.Ending {
        let known = Set(input.split(separator: "\n").compactMap { Int($0) })
        let isAlone = flags.contains("1")
        var errors = ""
        for number in 0..<10 {
            errors += "begun \(number)\n"
            // Several at a time: another is at work as well.
            if !isAlone, number + 1 < 10 { errors += "begun \(number + 1)\n" }
            if crashing.subtracting(known).contains(number) {
                return ChildProcess.Ending(code: 132, errors: errors + "Fatal error: test \(number)\n")
            }
            errors += "ended \(number)\n"
        }
        return ChildProcess.Ending(code: known.isEmpty ? 0 : 1, errors: errors)
    }

    @Test func testsThatCrashAreLeftOutAndTheOthersRun() throws {
        var inputs: [String] = []
        var isolation = TestIsolation(threads: 4) { flags, ended in
            inputs.append(ended)
            return ending(flags, ended, crashing: [3, 7])
        }
        #expect(try isolation.run() == 1)
        #expect(inputs == ["", "", "3\n", "3\n7\n"])
        #expect(isolation.messages.contains("Fatal error: test 7"))
    }

    @Test func withoutACrashOneWorkerIsEnough() throws {
        var count = 0
        var isolation = TestIsolation(threads: 4) { flags, ended in
            count += 1
            return ending(flags, ended, crashing: [])
        }
        #expect(try isolation.run() == 0)
        #expect(count == 1)
    }

    @Test func aWorkerThatNeverBeginsIsAnError() {
        var isolation = TestIsolation(threads: 1) { _, _ in ChildProcess.Ending(code: 137, errors: "") }
        #expect(throws: Diagnostic.self) { try isolation.run() }
    }
}
