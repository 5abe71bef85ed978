import Diagnostics
import Planning
import Runtime
import Synchronization

/// Keeps a push query's plan at work for as long as somebody takes its rows.
final class TransientHost: @unchecked Sendable {
    private let tap: AnswerTap
    private let receiver: any AnswerReceiver
    private let interval: Int?
    private let shared = Mutex(Shared())
    // Belongs to the job's steps.
    private var task: TransientTask?

    /// How long it waits for a receiver to have room.
    private static let restMilliseconds = 20

    private struct Shared {
        var job: TaskScheduler.Job?
        var isCancelled = false
    }

    /// - Parameter interval: how often a source is looked at that can't wake anybody, milliseconds.
    init(_ tap: AnswerTap, _ receiver: any AnswerReceiver, interval: Int?) {
        self.tap = tap
        self.receiver = receiver
        self.interval = interval
    }

    /// - Parameter whenOver: called once when it has ended, by whatever reason.
    func start(_ task: TransientTask, on scheduler: TaskScheduler, whenOver: @escaping @Sendable () -> Void) {
        self.task = task
        shared.withLock { shared in
            shared.job = scheduler.add { [self] in
                let next = step()
                if case .end = next {
                    self.task = nil
                    self.shared.withLock { $0.job = nil }
                    whenOver()
                }
                return next
            }
        }
    }

    func wake(on scheduler: TaskScheduler) {
        guard let job = shared.withLock({ $0.job }) else { return }
        scheduler.wake(job)
    }

    /// Nothing is given any more once the step under way is over, and the receiver is told.
    func cancel(on scheduler: TaskScheduler) {
        shared.withLock { $0.isCancelled = true }
        wake(on: scheduler)
    }

    private func step() -> TaskScheduler.Next {
        guard !tap.isOver, let task else { return .end }
        guard !shared.withLock({ $0.isCancelled }) else {
            receiver.end(nil)
            return .end
        }
        guard receiver.hasRoom else { return .wait(milliseconds: Self.restMilliseconds) }
        do throws(Diagnostic) {
            let found = try task.step()
            if tap.isOver { return .end }
            return found ? .again : .wait(milliseconds: interval)
        } catch {
            receiver.end(error)
            return .end
        }
    }
}
