import Diagnostics

/// Rows in aligned columns, for a person.
struct TextTable {
    enum Alignment {
        case left
        case right
    }

    private let titles: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) {
        titles = columns.map(\.title)
        alignments = columns.map(\.alignment)
    }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == titles.count, "a row has a cell for each column")
        rows.append(cells.map(DisplayWidth.visible))
    }

    var isEmpty: Bool { rows.isEmpty }

    /// The title line and a line for each row, two blanks between columns.
    func lines(indent: String = "") -> [String] {
        let all = titles.contains { !$0.isEmpty } ? [titles] + rows : rows
        let widths = titles.indices.map { column in all.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
        return all.map { row in
            var line = indent
            for (column, cell) in row.enumerated() {
                let gap = String(repeating: " ", count: widths[column] - DisplayWidth.of(cell))
                line += column > 0 ? "  " : ""
                line += alignments[column] == .right ? gap + cell : cell + gap
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
