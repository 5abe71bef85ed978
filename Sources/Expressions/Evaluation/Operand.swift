import Columnar

/// What a node hands to another: a column of the batch's rows, or one row that stands for all.
struct Operand {
    let column: Column
    /// The column has one row, whatever the batch's count.
    let isConstant: Bool

    init(_ column: Column, isConstant: Bool = false) {
        self.column = column
        self.isConstant = isConstant
    }

    static func constant(_ value: Value, _ type: DataType) -> Operand {
        Operand(Column.constant(value, type: type, count: 1), isConstant: true)
    }

    static func null(_ type: DataType) -> Operand { constant(.null, type) }

    var type: DataType { column.type }
    var isNullConstant: Bool { isConstant && !column.isValid(0) }

    /// Where the value of a row stands.
    @inline(__always) func index(_ row: Int) -> Int { isConstant ? 0 : row }

    @inline(__always) func isValid(_ row: Int) -> Bool { column.isValid(index(row)) }

    /// A column with all of the batch's rows.
    func expanded(to count: Int) -> Column {
        guard isConstant, count != 1 else { return column }
        let zeros = Buffer(capacity: count * 4, zeroed: true)
        return column.gather(Selection(buffer: zeros, count: count))
    }
}
