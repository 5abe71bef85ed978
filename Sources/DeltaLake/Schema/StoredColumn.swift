import Columnar

/// Columns as they will come back from the table, so that a key has one form before and after it was stored.
enum StoredColumn {
    /// The type that a column has after it was stored.
    static func type(_ type: DataType) -> DataType { type == .time ? .string : type }

    /// TIME as the text that stands for it; in a partition column the empty text as NULL.
    static func stored(_ column: Column, isPartition: Bool) -> Column {
        if column.type == .time { return column.timeTexts }
        if isPartition, column.type.isText { return emptyAsNull(column) }
        return column
    }

    private static func emptyAsNull(_ column: Column) -> Column {
        let views = column.views
        var validity: Bitmap?
        for row in 0..<column.count where views[row].length == 0 && column.isValid(row) {
            if validity == nil {
                let all = Bitmap(repeating: true, count: column.count)
                validity = column.validity.map { all.intersection($0) } ?? all
            }
            validity?.clear(row)
        }
        guard let validity else { return column }
        return Column(type: column.type, count: column.count, validity: validity, storage: column.storage)
    }
}
