import Diagnostics
import Runtime

/// A pipeline that is ready to run, once.
public protocol PreparedPipeline: AnyObject, Sendable {
    /// Runs on the calling thread until `stop` or, where the configuration says so, until all input is taken;
    /// returns when the epoch at work is committed.
    func run() throws(Diagnostic)

    /// Asks `run` to finish its epoch and return. From any thread, also before `run`, and more than once.
    func stop()

    /// What statements that ask, such as EXPLAIN, are answered, in order.
    var answers: [String] { get }

    /// How it stands now. Cheap, from any thread, also before `run` and after it.
    var status: PipelineStatus { get }
}
