import Runtime
import Synchronization
import TestRunner
import Testing

@testable import Commands

/// Tests that do not end.
@Suite struct TestWatchTests {
    @Test func aTestThatTakesTooLongIsTold() {
        let told = Monitor()
        let found = Mutex<[Int]>([])
        let watch = TestWatch(limit: .milliseconds(1)) { number, activity in
            found.withLock { $0.append(number) }
            #expect(activity == "begun")
            told.withLock { told.signalAll() }
        }
        watch.begin(3, TestActivity())
        watch.end(3)
        watch.begin(4, TestActivity())
        told.lock()
        while found.withLock({ $0.isEmpty }) { told.wait(milliseconds: 50) }
        told.unlock()
        watch.end()
        #expect(found.withLock { $0 } == [4] || found.withLock { $0 } == [3])
    }

    @Test func aTestThatDoesNotEndIsLeftOutWithWhatItWasAt() throws {
        var inputs: [String] = []
        var isolation = TestIsolation(threads: 4) { _, ended in
            inputs.append(ended)
            if ended.isEmpty {
                return ChildProcess.Ending(
                    code: TestIsolation.stuckCode, errors: "begun 0\nbegun 1\nstuck 1 record 2 of 5, of S\n")
            }
            return ChildProcess.Ending(code: 1, errors: "")
        }
        #expect(try isolation.run() == 1)
        #expect(inputs == ["", "1 record 2 of 5, of S\n"])
        let end = try #require(TestIsolation.End(line: "1 record 2 of 5, of S"))
        #expect(end == TestIsolation.End(number: 1, activity: "record 2 of 5, of S"))
        #expect(TestIsolation.End(line: "7") == TestIsolation.End(number: 7))
        let verdict = TestVerdict.timedOut(at: "record 2 of 5, of S")
        #expect(verdict.cause == "timed out")
        #expect(verdict.detail.contains("record 2 of 5"))
    }
}
