import Foundation

/// The example in the last cell of a row of the page of functions: a call and what it gives.
///
/// ```
/// `LEN('abc')` → `3`
/// `EXPLODE(ARRAY[1, 2])` → rows `1`, `2`
/// `CORRELATION(x, y)` of x `1, 2`, y `2, 4` → `1e0`
/// ```
struct FunctionExample: CustomStringConvertible {
    let name: String
    let call: String
    /// An aggregate's columns: a name, and values in the order of the rows.
    let columns: [(name: String, values: String)]
    /// What the call gives; of a function that makes rows, the rows.
    let results: [String]
    let makesRows: Bool

    var description: String { name }

    /// The examples of all rows of the page's tables; a row without one gives one without results.
    static func all(in text: String) -> [FunctionExample] {
        text.split(separator: "\n").compactMap { line -> FunctionExample? in
            guard let name = line.firstMatch(of: #/^\| `([A-Z0-9_]+)\(/#) else { return nil }
            // A bar within a cell stands behind a backslash.
            let cell = line.replacing("\\|", with: "\u{0}").split(separator: "|").last ?? ""
            return FunctionExample(String(name.1), String(cell.replacing("\u{0}", with: "|")))
        }
    }

    private init(_ name: String, _ cell: String) {
        self.name = name
        let halves = cell.components(separatedBy: " → ")
        let quoted = { (text: String) in text.matches(of: #/`([^`]+)`/#).map { String($0.1) } }
        let left = quoted(halves[0])
        call = left.first ?? ""
        columns = zip(halves[0].matches(of: #/([a-z]) `/#), left.dropFirst()).map { (String($0.1), $1) }
        results = halves.count == 2 ? quoted(halves[1]) : []
        makesRows = halves.count == 2 && halves[1].hasPrefix("rows ")
    }
}
