import Runtime
import Synchronization
import TestRunner

/// Looks after tests at work, and tells of one that does not end in time.
final class TestWatch: Sendable {
    private struct Running {
        let activity: TestActivity
        let deadline: ContinuousClock.Instant
    }

    private let limit: Duration
    private let running = Mutex([Int: Running]())
    private let scheduler = TaskScheduler(threads: 1)

    private static let restMilliseconds = 100

    /// - Parameter whenStuck: gets the test's number and what it is at; called at most once, from any thread.
    init(limit: Duration, whenStuck: @escaping @Sendable (Int, String) -> Void) {
        self.limit = limit
        _ = scheduler.add { [weak self] in
            guard let self else { return .end }
            guard let (number, activity) = stuck else { return .wait(milliseconds: Self.restMilliseconds) }
            whenStuck(number, activity)
            return .end
        }
    }

    func begin(_ number: Int, _ activity: TestActivity) {
        let entry = Running(activity: activity, deadline: ContinuousClock.now + limit)
        running.withLock { $0[number] = entry }
    }

    func end(_ number: Int) { running.withLock { $0[number] = nil } }

    /// No test is looked after any more.
    func end() { scheduler.stop() }

    private var stuck: (Int, String)? {
        let now = ContinuousClock.now
        return running.withLock { running in
            running.first { $0.value.deadline < now }.map { ($0.key, $0.value.activity.current) }
        }
    }
}
