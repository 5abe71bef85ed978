/// The threads of a task, or of many that share them.
public struct TaskThreads: Sendable {
    /// Do the work of rounds.
    public let workers: WorkerPool
    /// Write what epochs leave behind, and mostly wait for the disk.
    public let committers: WorkerPool
    let isOfOneTask: Bool

    private static let committerCount = 4

    /// Of one task, with which they end. With one thread commits too run on the caller's.
    init(_ count: Int) {
        workers = WorkerPool(threads: count)
        committers = WorkerPool(threads: count == 1 ? 1 : Self.committerCount)
        isOfOneTask = true
    }

    /// Of many tasks; whoever makes them stops them.
    ///
    /// - Parameter count: how many work on one task's rounds, at least 2.
    public init(sharing count: Int) {
        workers = WorkerPool(threads: max(2, count))
        committers = WorkerPool(threads: Self.committerCount + 1)
        isOfOneTask = false
    }

    public func stop() {
        workers.stop()
        committers.stop()
    }
}
