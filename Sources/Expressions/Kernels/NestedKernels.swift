import Columnar

/// Access to members and elements, and the constructors of nested values.
enum NestedKernels {
    static func member(_ index: Int) -> OperationNode.Kernel {
        { call in
            let structure = call.operands[0].column
            return structure.children[index].masked(by: structure.validity)
        }
    }

    /// `[]`: the element's row in the child column, or NULL where there is none.
    static func element(_ call: Invocation) -> Column {
        let (collection, key) = (call.operands[0], call.operands[1])
        let found = Bitmap(repeating: false, count: call.count)
        let rows = Buffer(capacity: call.count * 4, zeroed: true)
        let picks = rows.pointer.assumingMemoryBound(to: Int32.self)
        let column = collection.column
        let isArray: Bool
        if case .array = column.type { isArray = true } else { isArray = false }
        let find: (Range<Int>, Int) -> Int? = isArray ? position(key) : entry(key, keys: column.children[0])
        call.forEachRow { row in
            if let place = find(column.range(at: collection.index(row)), row) {
                picks[row] = Int32(place)
                found.set(row)
            }
        }
        let values = column.children[isArray ? 0 : 1]
        if values.count == 0 { return .nulls(call.type, count: call.count) }
        return values.gather(Selection(buffer: rows, count: call.count)).masked(by: found)
    }

    private static func position(_ index: Operand) -> (Range<Int>, Int) -> Int? {
        let indexes = index.column.int64s
        return { range, row in
            let wanted = indexes[index.index(row)]
            if wanted > 0, wanted <= Int64(range.count) { return range.lowerBound + Int(wanted) - 1 }
            if wanted < 0, wanted >= -Int64(range.count) { return range.upperBound + Int(wanted) }
            return nil
        }
    }

    private static func entry(_ key: Operand, keys: Column) -> (Range<Int>, Int) -> Int? {
        guard keys.type.isText else {
            return { range, row in
                range.last { RowEquality.equal(keys, $0, key.column, key.index(row)) }
            }
        }
        let (views, bases) = (keys.views, keys.dataBases)
        let (wanted, wantedBases) = (key.column.views, key.column.dataBases)
        return { range, row in
            let place = wanted + key.index(row)
            return range.last { StringView.equal(views + $0, bases, place, wantedBases) }
        }
    }

    /// Rows of several columns side by side: row r of column c is row r × columns + c of the result.
    static func interleaved(_ operands: [Operand], type: DataType, count: Int) -> Column {
        guard !operands.isEmpty else { return .nulls(type, count: 0) }
        let width = operands.count
        let rows = Buffer(capacity: count * width * 4)
        let picks = rows.pointer.assumingMemoryBound(to: Int32.self)
        var start: Int32 = 0
        for (index, operand) in operands.enumerated() {
            for row in 0..<count { picks[row * width + index] = start + Int32(operand.index(row)) }
            start += Int32(operand.column.count)
        }
        return Column.concatenate(operands.map(\.column))
            .gather(Selection(buffer: rows, count: count * width))
    }

    static func evenOffsets(count: Int, width: Int) -> Buffer {
        let offsets = Buffer(capacity: (count + 1) * 4)
        let out = offsets.pointer.assumingMemoryBound(to: Int32.self)
        for row in 0...count { out[row] = Int32(row * width) }
        return offsets
    }
}
