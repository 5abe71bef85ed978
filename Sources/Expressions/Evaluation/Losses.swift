import Columnar

/// Elements for which the body of a lambda could not be computed, and why.
///
/// One such element takes the whole call with it, as in ksqlDB: the call is NULL for the row.
final class Losses {
    let rows: Bitmap
    private(set) var byReason: [(reason: EvaluationFailure, rows: Bitmap)] = []

    init(count: Int) { rows = Bitmap(repeating: false, count: count) }

    /// - Parameters:
    ///   - lost: nil for all.
    ///   - reason: nil where a NULL stood in arithmetic, which is no error elsewhere and is not counted.
    func add(_ lost: Bitmap?, within mask: Bitmap?, _ reason: EvaluationFailure?) {
        let lost = Bitmap.intersection(lost, mask) ?? Bitmap(repeating: true, count: rows.count)
        for word in 0..<rows.wordCount { rows.words[word] |= lost.definedWord(word) }
        guard let reason, !lost.isEmpty else { return }
        byReason.append((reason, lost))
    }
}
