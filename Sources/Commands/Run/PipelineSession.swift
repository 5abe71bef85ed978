import Diagnostics
import Runtime
import Synchronization

/// A pipeline at work on a thread of its own, while this one shows it and listens for signals.
final class PipelineSession: Sendable {
    private enum Outcome {
        case running
        case ended(Diagnostic?)
    }

    let pipeline: any PreparedPipeline
    private let wake: WakePipe
    private let outcome = Mutex(Outcome.running)

    init(_ pipeline: any PreparedPipeline, wake: WakePipe) {
        self.pipeline = pipeline
        self.wake = wake
    }

    /// Starts the pipeline on a thread of `threads`.
    func start(on threads: WorkerPool) {
        threads.enqueue(bytes: 0) {
            var failure: Diagnostic?
            do throws(Diagnostic) {
                try self.pipeline.run()
            } catch {
                failure = error
            }
            self.outcome.withLock { $0 = .ended(failure) }
            self.wake.wake()
        }
    }

    var hasEnded: Bool {
        outcome.withLock { if case .ended = $0 { true } else { false } }
    }

    /// Shows the pipeline until it has ended; `tick` is called between two pictures.
    ///
    /// - Throws: what ended the pipeline, if not its own or the user's will.
    func watch(_ display: inout LiveDisplay?, tick: (inout LiveDisplay?) -> Void) throws(Diagnostic) {
        while !hasEnded {
            tick(&display)
            display?.show(pipeline.status)
            wake.wait(milliseconds: display == nil ? 1000 : LiveDisplay.intervalMilliseconds)
        }
        let failure: Diagnostic? = outcome.withLock {
            if case .ended(let failure) = $0 { failure } else { nil }
        }
        if let failure {
            display?.release()
            throw failure
        }
        display?.finish(pipeline.status)
    }
}
