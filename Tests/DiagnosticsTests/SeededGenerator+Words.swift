import TestKit

extension SeededGenerator {
    /// A word of few different letters, so that near words are common.
    mutating func word(upTo length: Int) -> String {
        let count = int(0...length)
        return String((0..<count).map { _ in pick(["a", "b", "c"]) })
    }
}
