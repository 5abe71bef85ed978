import Foundation
import Testing

/// Tables of other engines, asked through `millrace query`.
@Suite(.enabled(if: Example.canCheck, "\(Example.isMissing)"))
struct LakeQueryTests {
    /// Every table of `testdata/delta` that has expected rows, at every version: partitions of all types,
    /// mapped columns, deletion vectors, checkpoints of all kinds.
    @Test func everyTableHasItsRows() throws {
        try Oracle.expect("query_delta.py", [Place.program, Example.testData + "/delta"])
    }
}
