/// What SHOW and DESCRIBE answer: a title and rows of text.
public struct Listing: Hashable, Sendable {
    public var title: String
    public var columns: [String]
    public var rows: [[String]]

    public init(_ title: String, _ columns: [String], _ rows: [[String]] = []) {
        self.title = title
        self.columns = columns
        self.rows = rows
    }

    /// As lines, the columns below each other.
    public var text: String {
        let all = [columns] + rows
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let lines = all.map { row in
            var line = " "
            for (index, cell) in row.enumerated() {
                line += " " + cell
                if index < row.count - 1 {
                    line += String(repeating: " ", count: widths[index] - cell.count + 1)
                }
            }
            return line
        }
        return ([title + (rows.isEmpty ? ": none" : "")] + (rows.isEmpty ? [] : lines)).joined(
            separator: "\n")
    }
}
