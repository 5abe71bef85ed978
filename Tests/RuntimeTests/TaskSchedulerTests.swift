import Glibc
import Runtime
import Synchronization
import Testing

/// Jobs that are stepped when they have something to do.
@Suite struct TaskSchedulerTests {
    /// Counts its steps and answers each with what was asked for.
    private final class Counter: Sendable {
        let steps = Atomic<Int>(0)
        let atOnce = Atomic<Int>(0)
        let most = Atomic<Int>(0)

        func step(_ next: TaskScheduler.Next) -> TaskScheduler.Next {
            let now = atOnce.add(1, ordering: .sequentiallyConsistent).newValue
            if now > most.load(ordering: .relaxed) { most.store(now, ordering: .relaxed) }
            steps.add(1, ordering: .sequentiallyConsistent)
            atOnce.subtract(1, ordering: .sequentiallyConsistent)
            return next
        }

        func reaches(_ count: Int) -> Bool {
            for _ in 0..<5000 {
                if steps.load(ordering: .sequentiallyConsistent) >= count { return true }
                usleep(1000)
            }
            return false
        }
    }

    @Test func anIdleJobIsSteppedWhenItIsWoken() {
        let scheduler = TaskScheduler(threads: 2)
        let counter = Counter()
        let job = scheduler.add { counter.step(.wait(milliseconds: nil)) }
        #expect(counter.reaches(1))
        for turn in 2...20 {
            scheduler.wake(job)
            #expect(counter.reaches(turn))
        }
        scheduler.stop()
        #expect(counter.steps.load(ordering: .relaxed) == 20)
    }

    @Test func aJobWithATimeIsSteppedThen() {
        let scheduler = TaskScheduler(threads: 1)
        let counter = Counter()
        _ = scheduler.add { counter.step(.wait(milliseconds: 5)) }
        #expect(counter.reaches(10))
        scheduler.stop()
    }

    /// Whatever wakes it, and however often: no step begins before the one before is over, and none is lost.
    @Test func oneStepAtATime() {
        let scheduler = TaskScheduler(threads: 4)
        let counter = Counter()
        let last = Atomic<Bool>(false)
        let job = scheduler.add {
            usleep(50)
            let next = counter.step(.wait(milliseconds: nil))
            return last.load(ordering: .sequentiallyConsistent) ? .end : next
        }
        let threads = WorkerPool(threads: 3)
        threads.forEach(3) { _ in for _ in 0..<500 { scheduler.wake(job) } }
        last.store(true, ordering: .sequentiallyConsistent)
        scheduler.wake(job)
        scheduler.wait(for: job)
        threads.stop()
        scheduler.stop()
        #expect(counter.most.load(ordering: .relaxed) == 1)
    }

    @Test func manyJobsShareAThread() {
        let scheduler = TaskScheduler(threads: 1)
        let counter = Counter()
        let jobs = (0..<1000).map { _ in scheduler.add { counter.step(.wait(milliseconds: nil)) } }
        #expect(counter.reaches(1000))
        for job in jobs { scheduler.wake(job) }
        #expect(counter.reaches(2000))
        scheduler.stop()
    }
}

/// Phases of several callers on one pool.
@Suite struct SharedWorkerPoolTests {
    private final class Sum: Sendable {
        let value = Atomic<Int>(0)
    }

    @Test func phasesOfSeveralCallersAreEachWhole() {
        let pool = WorkerPool(threads: 3)
        let callers = WorkerPool(threads: 4)
        let sums = (0..<4).map { _ in Sum() }
        callers.forEach(4) { caller in
            for _ in 0..<200 {
                let calls = Sum()
                pool.forEach(17) { index in
                    calls.value.add(1, ordering: .relaxed)
                    sums[caller].value.add(index, ordering: .relaxed)
                }
                #expect(calls.value.load(ordering: .relaxed) == 17)
            }
        }
        for sum in sums { #expect(sum.value.load(ordering: .relaxed) == 200 * 136) }
        callers.stop()
        pool.stop()
    }
}
