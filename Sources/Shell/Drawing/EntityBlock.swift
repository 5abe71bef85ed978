import Diagnostics
import Formats

/// A part of what a statement answers.
enum EntityBlock: Equatable {
    case text(String)
    case heading(String)
    /// `empty` stands where there are no rows.
    case table(titles: [String], rows: [[JSONValue]], empty: String)
    /// Names with their values.
    case fields([Field])

    struct Field: Equatable {
        let name: String
        let value: JSONValue

        init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// - Parameter room: columns of the terminal; nil is without end.
    func lines(room: Int?, paint: Paint) -> [String] {
        switch self {
        case .text(let text):
            return text.split(separator: "\n", omittingEmptySubsequences: false).map { Cell(String($0)).text }
        case .heading(let text): return [paint.text(Cell(text).text, .bold)]
        case .table(let titles, let rows, let empty):
            guard !rows.isEmpty else { return [paint.text(empty, .dim)] }
            let columns = titles.indices.map { index in
                TableDrawing.Column(
                    title: titles[index],
                    isNumber: rows.allSatisfy { $0[index].numberText != nil || $0[index].isNull })
            }
            return TableDrawing.lines(
                columns, rows.map { $0.map(EntityBlock.cell) }, room: room, paint: paint, yields: true)
        case .fields(let fields):
            let width = fields.map { DisplayWidth.of($0.name) }.max() ?? 0
            return fields.flatMap { field -> [String] in
                let gap = String(repeating: " ", count: width - DisplayWidth.of(field.name))
                let lines = EntityBlock.cell(field.value)
                    .lines(columns: room.map { max(20, $0 - width - 4) } ?? Int.max, most: 100)
                return lines.enumerated().map { index, line in
                    let head =
                        index == 0
                        ? paint.text(field.name, .dim) + gap : String(repeating: " ", count: width)
                    return " \(head)  \(line)"
                }
            }
        }
    }

    /// Values that are nothing are left blank: nobody asked for them.
    private static func cell(_ value: JSONValue) -> Cell {
        switch value {
        case .null: Cell("")
        case .string(let text): Cell.folded(text)
        default: Cell(value)
        }
    }
}
