import Columnar

/// The elements of a batch's collections, one behind the other.
struct FlatElements {
    /// The row that each element belongs to.
    let owners: [Int32]
    /// Where each element stands in the collection's children.
    let places: [Int32]
    /// By row, where its elements begin; one more than there are rows.
    let starts: [Int]
    /// An ARRAY's elements, or a MAP's keys and values, in this order.
    let columns: [Column]

    /// - Parameters:
    ///   - rows: those whose elements count; nil for all. Others have none.
    ///   - ordered: puts the rows of a MAP's entries in ksqlDB's order.
    init(_ collection: Operand, count: Int, rows: Bitmap?, ordered: Bool) {
        var owners: [Int32] = []
        var places: [Int32] = []
        var starts = [0]
        let column = collection.column
        starts.reserveCapacity(count + 1)
        let order = ordered ? EntryOrder(keys: column.children[0]) : nil
        for row in 0..<count {
            if rows?[row] ?? true, collection.isValid(row) {
                let range = column.range(at: collection.index(row))
                if let order, range.count > 1 {
                    places += order.sorted(range)
                } else {
                    for place in range { places.append(Int32(truncatingIfNeeded: place)) }
                }
                for _ in range { owners.append(Int32(truncatingIfNeeded: row)) }
            }
            starts.append(places.count)
        }
        self.owners = owners
        self.places = places
        self.starts = starts
        let isWhole = order == nil && !collection.isConstant && places.count == column.children[0].count
        columns = isWhole ? column.children : column.children.map { $0.gather(Selection(places)) }
    }

    var count: Int { places.count }

    func count(of row: Int) -> Int { starts[row + 1] - starts[row] }
}
