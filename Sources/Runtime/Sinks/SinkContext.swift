import Columnar
import Diagnostics
import Planning

/// What a sink is given by the task that owns it.
public struct SinkContext: Sendable {
    /// Names the task's instance and this sink in the target: `<instance>/<sink>`.
    public let applicationID: String
    /// Where to do heavy work such as encoding, outside of the rounds.
    public let workers: WorkerPool
    /// Seed for fingerprints of keys.
    public let seed: UInt64
    /// Where rows go that the target refuses, unless the sink is told otherwise.
    public let deadLetterDirectory: String
    /// A folder of this name is made in a directory that the sink is told, where several tasks write to it.
    public let deadLetterFolder: String?

    public init(
        applicationID: String, workers: WorkerPool, seed: UInt64, deadLetterDirectory: String,
        deadLetterFolder: String? = nil
    ) {
        self.deadLetterFolder = deadLetterFolder
        self.applicationID = applicationID
        self.workers = workers
        self.seed = seed
        self.deadLetterDirectory = deadLetterDirectory
    }
}
