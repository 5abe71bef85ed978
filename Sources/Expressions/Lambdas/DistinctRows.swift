import Columnar

/// Looks for equal values among rows of a column.
enum DistinctRows {
    /// Up to here comparing each with each is quicker than a set.
    private static let few = 16

    /// The rows are valid.
    static func hasEqual(_ column: Column, _ rows: Range<Int>) -> Bool {
        if rows.count <= few {
            if column.type.isText {
                let (views, bases) = (column.views, column.dataBases)
                return rows.contains { row in
                    (rows.lowerBound..<row).contains {
                        StringView.equal(views + row, bases, views + $0, bases)
                    }
                }
            }
            return rows.contains { row in
                (rows.lowerBound..<row).contains { RowEquality.equal(column, row, column, $0) }
            }
        }
        var seen: Set<[UInt8]> = []
        return rows.contains { row in
            var bytes: [UInt8] = []
            RowCodec.encode(column, row, into: &bytes)
            return !seen.insert(bytes).inserted
        }
    }
}
