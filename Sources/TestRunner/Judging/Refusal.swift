import Diagnostics
import Language

/// A statement that was refused, and when.
struct Refusal: Error {
    enum Phase: String {
        case parsing
        case analysis
        case execution
    }

    let phase: Phase
    let diagnostic: Diagnostic
    /// What kind of statement it is; nil where it could not be read.
    var statement: String?

    init(_ phase: Phase, _ diagnostic: Diagnostic, _ statement: Statement? = nil) {
        self.phase = phase
        self.diagnostic = diagnostic
        self.statement = statement.map { Self.name(of: $0.kind) }
    }

    /// Whether it says that something is not there yet, rather than that it is wrong.
    var isForLack: Bool { diagnostic.code == .unsupported }

    /// Why a test fails that did not expect it, in words that many tests share.
    var cause: String {
        switch diagnostic.code {
        case .unsupported:
            return "not supported: \(isOfStatement ? statement ?? "a statement" : diagnostic.message)"
        case .unknownFunction: return "unknown function"
        case .syntax: return "syntax"
        default: return "refused (\(diagnostic.code))"
        }
    }

    /// The refusal of a statement as a whole says nothing but that.
    private var isOfStatement: Bool { diagnostic.message.hasPrefix("a pipeline's script") }

    private static func name(of kind: Statement.Kind) -> String {
        switch kind {
        case .createSource, .createSourceAsSelect: return "CREATE"
        case .createConnector: return "CREATE CONNECTOR"
        case .createType: return "CREATE TYPE"
        case .insertInto: return "INSERT INTO"
        case .insertValues: return "INSERT INTO … VALUES"
        case .query(let query): return query.emission == nil ? "pull query" : "push query"
        case .drop: return "DROP"
        case .alterSource, .alterSystem: return "ALTER"
        case .queryControl: return "TERMINATE, PAUSE, RESUME"
        case .show: return "SHOW"
        case .describe: return "DESCRIBE"
        case .explain: return "EXPLAIN"
        case .print: return "PRINT"
        case .assert: return "ASSERT"
        case .define, .undefine, .set, .unset: return "SET"
        case .runScript: return "RUN SCRIPT"
        }
    }
}
