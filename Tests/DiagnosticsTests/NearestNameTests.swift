import Diagnostics
import TestKit
import Testing

@Suite("Nearest name")
struct NearestNameTests {
    @Test("finds a slip of one letter, swapped letters and wrong case")
    func slips() {
        let columns = ["EVENT_ID", "EVENT_TYPE", "USER_ID", "PRICE"]
        #expect(NearestName.suggestion(for: "EVNT_ID", among: columns) == "EVENT_ID")
        #expect(NearestName.suggestion(for: "pirce", among: columns) == "PRICE")
        #expect(NearestName.suggestion(for: "price", among: columns) == "PRICE")
        #expect(NearestName.suggestion(for: "FORM", among: ["FROM", "FORMAT"]) == "FROM")
    }

    @Test("suggests nothing that is far off")
    func farOff() {
        #expect(NearestName.suggestion(for: "banana", among: ["EVENT_ID", "PRICE"]) == nil)
        #expect(NearestName.suggestion(for: "ab", among: ["cd"]) == nil)
        #expect(NearestName.suggestion(for: "a", among: ["b"]) == nil)
        #expect(NearestName.suggestion(for: "", among: ["b"]) == nil)
        #expect(NearestName.suggestion(for: "x", among: [String]()) == nil)
    }

    @Test("prefers the nearest, then the first")
    func order() {
        #expect(NearestName.suggestion(for: "STREAN", among: ["STREAMS", "STREAM"]) == "STREAM")
        #expect(NearestName.suggestion(for: "TABLA", among: ["TABLE", "TABLO"]) == "TABLE")
    }

    @Test("agrees with the definition of the distance on random words")
    func againstModel() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let left = generator.word(upTo: 7)
            let right = generator.word(upTo: 7)
            let distance = Self.distance(Array(left), Array(right))
            let allowed = left.count <= 4 ? 1 : 2
            let expected = !left.isEmpty && distance <= allowed && distance < max(left.count, right.count)
            let found = NearestName.suggestion(for: left, among: [right]) != nil
            #expect(found == expected, "seed 7: \(left), \(right)")
        }
    }

    /// Optimal string alignment by plain recursion.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        if left.isEmpty || right.isEmpty { return left.count + right.count }
        let last = left.last == right.last ? 0 : 1
        var best = min(
            distance(Array(left.dropLast()), right) + 1, distance(left, Array(right.dropLast())) + 1,
            distance(Array(left.dropLast()), Array(right.dropLast())) + last)
        if left.count > 1, right.count > 1, left.last == right[right.count - 2],
            left[left.count - 2] == right.last
        {
            best = min(best, distance(Array(left.dropLast(2)), Array(right.dropLast(2))) + 1)
        }
        return best
    }
}
