import Connectors
import Diagnostics
import Formats
import Runtime
import Storage

/// What is in the state directory that processes of a service share: its tasks, and who works on which.
struct ServiceInspection: InspectionReport {
    struct Task: Sendable {
        let number: Int
        /// By topic.
        let partitions: [(topic: String, numbers: [Int])]
        /// `pid 12 on host`; nil where nobody works on it.
        let owner: String?
        /// The last epoch that all sinks have.
        let done: Int64
        /// Begun behind it.
        let open: [Int64]
    }

    let path: String
    let manifest: ServiceManifest
    let members: [ServiceDirectory.Member]
    let tasks: [Task]

    /// nil where the directory is no service's.
    static func read(_ path: String, in files: any FileSystem) throws(Diagnostic) -> ServiceInspection? {
        let directory = ServiceDirectory(path, fileSystem: files)
        guard let manifest = try directory.manifest() else { return nil }
        var tasks: [Task] = []
        for number in 0..<manifest.tasks {
            let state = try StandingState(directory.path(ofTask: number), in: files)
            tasks.append(
                Task(
                    number: number,
                    partitions: manifest.partitions.keys.sorted().map {
                        ($0, manifest.partitions(of: $0, task: number))
                    }, owner: try directory.owner(ofTask: number), done: state?.done ?? 0,
                    open: state?.open ?? []))
        }
        return ServiceInspection(
            path: path, manifest: manifest, members: try directory.livingMembers(), tasks: tasks)
    }

    var isFailure: Bool { false }

    var lines: [String] {
        let processes = members.count == 1 ? "1 process" : "\(members.count) processes"
        var lines = [
            "service \(manifest.name) at \(path)", "  instance: \(manifest.id)",
            "  \(NumberDisplay.count(manifest.tasks, "task")), \(processes)",
        ]
        lines += members.map { "    \($0.process): \(tasks(of: $0))" }
        var table = TextTable([
            ("task", .right), ("worked on by", .left), ("done up to epoch", .right), ("begun", .left),
            ("partitions", .left),
        ])
        for task in tasks {
            table.add([
                String(task.number), task.owner ?? "nobody", String(task.done),
                task.open.isEmpty ? "-" : task.open.map(String.init).joined(separator: ", "),
                task.partitions.map { topic, numbers in
                    "\(topic) " + Self.list(numbers)
                }.joined(separator: "; "),
            ])
        }
        return lines + [""] + table.lines(indent: "  ")
    }

    private func tasks(of member: ServiceDirectory.Member) -> String {
        Self.list(tasks.filter { $0.owner == member.process }.map(\.number))
    }

    private static func list(_ numbers: [Int]) -> String {
        numbers.isEmpty ? "none" : numbers.map(String.init).joined(separator: " ")
    }

    var json: JSONValue {
        let tasks = tasks.map { task -> JSONValue in
            [
                "task": .number(task.number), "owner": task.owner.map { .string($0) } ?? .null,
                "done_epoch": .number(task.done), "open_epochs": .array(task.open.map { .number($0) }),
                "partitions": .object(
                    task.partitions.map { .init($0.topic, .array($0.numbers.map { .number($0) })) }),
            ]
        }
        return [
            "path": .string(path), "service": .string(manifest.name), "instance": .string(manifest.id),
            "processes": .array(members.map { .string($0.process) }), "tasks": .array(tasks),
        ]
    }
}
