import DeltaLake
import Diagnostics

/// Turns what goes wrong with a Delta table into what a person reads.
enum DeltaFailure {
    static func told<Result>(_ body: () throws(DeltaError) -> Result) throws(Diagnostic) -> Result {
        do throws(DeltaError) {
            return try body()
        } catch {
            throw error.diagnostic
        }
    }
}
