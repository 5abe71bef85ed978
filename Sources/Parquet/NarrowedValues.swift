import Columnar

/// Values in the smaller layouts that some files have.
enum NarrowedValues {
    /// nil where the column's own layout is the file's.
    static func make(of column: Column, as narrowing: ParquetColumnOptions.Narrowing) -> Buffer? {
        let count = column.count
        switch (narrowing, column.type) {
        case (.int8, .integer):
            let values = Buffer(capacity: count)
            let out = values.pointer.assumingMemoryBound(to: Int8.self)
            for row in 0..<count { out[row] = Int8(truncatingIfNeeded: column.int32s[row]) }
            return values
        case (.int16, .integer):
            let values = Buffer(capacity: count * 2)
            let out = values.pointer.assumingMemoryBound(to: Int16.self)
            for row in 0..<count { out[row] = Int16(truncatingIfNeeded: column.int32s[row]) }
            return values
        case (.float, .double):
            let values = Buffer(capacity: count * 4)
            let out = values.pointer.assumingMemoryBound(to: Float.self)
            for row in 0..<count { out[row] = Float(column.doubles[row]) }
            return values
        default: return nil
        }
    }
}
