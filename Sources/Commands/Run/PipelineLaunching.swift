import Diagnostics

/// What `run` and `demo` start pipelines with: the one place where commands meet the runtime.
public protocol PipelineLaunching: Sendable {
    /// Reads, checks and plans the files and opens the state directory.
    ///
    /// Nothing is read from sources or written to sinks yet, so that all that is wrong is said first.
    func prepare(_ configuration: RunConfiguration) throws(Diagnostic) -> any PreparedPipeline
}
