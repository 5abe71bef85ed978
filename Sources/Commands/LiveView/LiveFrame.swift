import Runtime

/// What the live view shows at one moment: the status, and what only the watcher knows.
struct LiveFrame: Sendable {
    var status: PipelineStatus
    /// The pipeline's name.
    var title: String
    /// A line about what goes on around the pipeline, such as a simulation; nil for none.
    var note: String?
    /// The newest rows of a relation; nil where none is watched.
    var latest: (relation: String, rows: [String])?
    /// Records per second, smoothed.
    var recordsPerSecond = 0.0
    /// Rows per second of each relation, smoothed, by name.
    var rowsPerSecond: [String: Double] = [:]
    /// Since the command began, in milliseconds.
    var elapsed: Int64 = 0
    /// The wall clock in milliseconds since 1970.
    var now: Int64 = 0
}
