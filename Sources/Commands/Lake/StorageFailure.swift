import Diagnostics
import Storage

/// Turns what goes wrong with a file into what a person reads.
enum StorageFailure {
    static func told<Result>(
        _ what: String, _ body: () throws(StorageError) -> Result
    ) throws(Diagnostic) -> Result {
        do throws(StorageError) {
            return try body()
        } catch {
            let code: DiagnosticCode = if case .missing = error { .notFound } else { .io }
            throw Diagnostic(code, "\(what) \(error.path): \(error.reason)")
        }
    }
}
