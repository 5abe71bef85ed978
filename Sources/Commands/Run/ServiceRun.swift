import Diagnostics

/// What `--service` and `--tasks` say: the process shares the pipeline's work with others.
public struct ServiceRun: Sendable, Equatable {
    public let name: String
    /// nil is a task for each partition.
    public let tasks: Int?

    static let flags = [
        Flag(
            "--service", .value("NAME"),
            "share the partitions of its topics with other processes of this name and --state"),
        Flag("--tasks", .value("N"), "in how many tasks a new service is split (one for each partition)"),
    ]

    /// nil where the flags are not given.
    init?(_ arguments: ParsedArguments) throws(Diagnostic) {
        let tasks = try arguments.integer("--tasks", in: 1...1024)
        guard let name = arguments.text("--service") else {
            if tasks != nil {
                throw Diagnostic(
                    .usage, "--tasks says in how many tasks a service is split, and there is no --service",
                    hint: "add --service NAME")
            }
            return nil
        }
        let allowed = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "._-".utf8.contains(byte)
        }
        guard !name.isEmpty, allowed, name.utf8.count <= 100 else {
            throw Diagnostic(
                .usage, "--service \(name) is no name",
                expected: "letters, digits and . _ -, such as shopsight")
        }
        self.name = name
        self.tasks = tasks
    }
}
