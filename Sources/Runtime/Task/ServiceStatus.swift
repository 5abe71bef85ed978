/// What of a service's tasks a process has.
public struct ServiceStatus: Sendable, Equatable {
    public let name: String
    /// Of all its processes together; 0 before that is known.
    public let taskCount: Int
    /// The numbers of those that this process works on.
    public let tasks: [Int]
    /// Processes at work.
    public let members: Int
    /// What it has taken and given back, newest last; at most a few.
    public let moves: [String]
    /// All of them, so that a watcher knows which are new.
    public let moveCount: Int

    public init(
        name: String, taskCount: Int, tasks: [Int], members: Int, moves: [String], moveCount: Int
    ) {
        self.name = name
        self.taskCount = taskCount
        self.tasks = tasks
        self.members = members
        self.moves = moves
        self.moveCount = moveCount
    }
}
