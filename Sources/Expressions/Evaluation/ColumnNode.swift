import Columnar

final class ColumnNode: Node {
    private let index: Int

    init(_ place: Place, index: Int, type: DataType) {
        self.index = index
        super.init(place, type: type)
    }

    override func compute(_ frame: Frame) -> Operand {
        let column = frame.columns[index]
        precondition(column.type == type, "column \(index) is \(column.type.sql), planned as \(type.sql)")
        precondition(column.count == frame.count, "a batch's columns have one length")
        return Operand(column)
    }
}
