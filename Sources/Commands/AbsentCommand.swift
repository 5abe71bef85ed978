import Diagnostics

/// A command that other versions have, and what this one has in its place.
struct AbsentCommand {
    let name: String
    let purpose: String
    let instead: String

    private static let all = [
        AbsentCommand(
            name: "deploy", purpose: "running a pipeline on a Spark cluster",
            instead: "millrace run FILE.sql runs it on this machine")
    ]

    static func named(_ name: String) -> AbsentCommand? { all.first { $0.name == name } }

    var diagnostic: Diagnostic {
        Diagnostic(
            .unsupported, "millrace \(name) (\(purpose)) is not in this version (\(MillraceProgram.version))",
            hint: instead)
    }
}
