/// One of the tasks that share the topics of a pipeline.
public struct TaskShare: Equatable, Sendable {
    /// From 0.
    public let task: Int
    public let tasks: Int
    /// How many partitions each topic must have; nil where that does not matter.
    public let partitions: [String: Int]?

    public init(task: Int, of tasks: Int, partitions: [String: Int]?) {
        self.task = task
        self.tasks = tasks
        self.partitions = partitions
    }
}
