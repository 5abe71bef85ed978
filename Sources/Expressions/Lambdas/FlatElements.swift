import Columnar

/// The elements of a batch's collections, one behind the other.
struct FlatElements {
    /// The row that each element belongs to.
    let owners: [Int32]
    /// By row, where its elements begin; one more than there are rows.
    let starts: [Int]
    /// An ARRAY's elements, or a MAP's keys and values, in this order.
    let columns: [Column]

    /// - Parameters:
    ///   - rows: those whose elements count; nil for all. Others have none.
    ///   - ordered: brings a MAP's entries into ksqlDB's order.
    init(_ collection: Operand, count: Int, rows: Bitmap?, ordered: Bool) {
        let column = collection.column
        var starts = [Int](repeating: 0, count: count + 1)
        for row in 0..<count {
            let isThere = (rows?[row] ?? true) && collection.isValid(row)
            starts[row + 1] = starts[row] + (isThere ? column.range(at: collection.index(row)).count : 0)
        }
        self.starts = starts
        let total = starts[count]
        owners = Self.filled(total) { owners in
            for row in 0..<count {
                for place in starts[row]..<starts[row + 1] { owners[place] = Int32(truncatingIfNeeded: row) }
            }
        }
        let isWhole = !ordered && !collection.isConstant && total == column.children[0].count
        if isWhole {
            columns = column.children
            return
        }
        let order = ordered ? EntryOrder(keys: column.children[0]) : nil
        let places = Self.filled(total) { places in
            for row in 0..<count where starts[row] < starts[row + 1] {
                let range = column.range(at: collection.index(row))
                let own = UnsafeMutableBufferPointer(rebasing: places[starts[row]..<starts[row + 1]])
                for (index, place) in range.enumerated() { own[index] = Int32(truncatingIfNeeded: place) }
                order?.sort(own)
            }
        }
        let selection = Selection(places)
        columns = column.children.map { $0.gather(selection) }
    }

    private static func filled(
        _ count: Int, _ fill: (UnsafeMutableBufferPointer<Int32>) -> Void
    ) -> [Int32] {
        [Int32](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
            initialized = count
        }
    }

    var count: Int { owners.count }

    func count(of row: Int) -> Int { starts[row + 1] - starts[row] }
}
