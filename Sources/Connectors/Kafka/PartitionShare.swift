/// Which partitions of a topic a task reads where several tasks share them: every so-many-th.
public struct PartitionShare: Equatable, Sendable {
    /// From 0.
    public let task: Int
    public let tasks: Int
    /// How many partitions the topic must have; nil is any number.
    ///
    /// With another number records of a key go to another partition, and so to another task.
    public let partitionCount: Int?

    public init(task: Int, of tasks: Int, partitionCount: Int?) {
        self.task = task
        self.tasks = tasks
        self.partitionCount = partitionCount
    }

    /// Whether the partition is the task's.
    public func has(_ partition: Int) -> Bool { partition % tasks == task }
}
