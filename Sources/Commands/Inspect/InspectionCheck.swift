import Formats

/// A statement that should hold, and whether it does.
struct InspectionCheck: Equatable, Sendable {
    enum Verdict: String, Sendable {
        case pass = "PASS"
        /// Worth a look; the command still succeeds.
        case warn = "WARN"
        case fail = "FAIL"
    }

    let verdict: Verdict
    /// A stable word for programs.
    let name: String
    /// What was found and what is allowed.
    let text: String

    init(_ verdict: Verdict, _ name: String, _ text: String) {
        self.verdict = verdict
        self.name = name
        self.text = text
    }

    var line: String { "  \(verdict.rawValue)  \(text)" }

    var json: JSONValue {
        ["check": .string(name), "verdict": .string(verdict.rawValue), "text": .string(text)]
    }
}
