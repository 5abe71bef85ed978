import Glibc

extension Column {
    /// The rows that `selection` names, in its order.
    ///
    /// Long strings are not copied: the result shares the data buffers.
    public func gather(_ selection: Selection) -> Column {
        let rows = selection.rows
        let count = selection.count
        let taken = validity.map { $0.gather(selection) }
        switch storage {
        case .bits(let bits):
            return Column(
                type: type, count: count, validity: taken, storage: .bits(bits.gather(selection)))
        case .fixed:
            let values = Buffer(capacity: count * type.width)
            switch type.width {
            case 4:
                let out = values.pointer.assumingMemoryBound(to: Int32.self)
                for row in 0..<count { out[row] = int32s[Int(rows[row])] }
            case 8:
                let out = values.pointer.assumingMemoryBound(to: Int64.self)
                for row in 0..<count { out[row] = int64s[Int(rows[row])] }
            default:
                let out = values.pointer.assumingMemoryBound(to: Int128.self)
                for row in 0..<count { out[row] = decimals[Int(rows[row])] }
            }
            return Column(type: type, count: count, validity: taken, storage: .fixed(values))
        case .views(_, let data):
            let values = Buffer(capacity: count * 16)
            let out = values.pointer.assumingMemoryBound(to: StringView.self)
            for row in 0..<count { out[row] = views[Int(rows[row])] }
            return Column(type: type, count: count, validity: taken, storage: .views(values, data: data))
        case .list(_, let elements):
            let (childOffsets, childRows) = gatherOffsets(selection)
            return Column(
                type: type, count: count, validity: taken,
                storage: .list(offsets: childOffsets, elements: elements.gather(childRows)))
        case .map(_, let keys, let items):
            let (childOffsets, childRows) = gatherOffsets(selection)
            return Column(
                type: type, count: count, validity: taken,
                storage: .map(
                    offsets: childOffsets, keys: keys.gather(childRows), values: items.gather(childRows)))
        case .structure(let members):
            return Column(
                type: type, count: count, validity: taken,
                storage: .structure(members.map { $0.gather(selection) }))
        }
    }

    /// The rows from `range`, in their order.
    public func slice(_ range: Range<Int>) -> Column {
        if range == 0..<count { return self }
        let rows = Buffer(capacity: range.count * 4)
        let out = rows.pointer.assumingMemoryBound(to: Int32.self)
        for (index, row) in range.enumerated() { out[index] = Int32(row) }
        return gather(Selection(buffer: rows, count: range.count))
    }

    private func gatherOffsets(_ selection: Selection) -> (Buffer, Selection) {
        let result = Buffer(capacity: (selection.count + 1) * 4)
        let out = result.pointer.assumingMemoryBound(to: Int32.self)
        var childRows: [Int32] = []
        out[0] = 0
        for index in 0..<selection.count {
            let row = Int(selection.rows[index])
            childRows.append(contentsOf: offsets[row]..<offsets[row + 1])
            out[index + 1] = Int32(childRows.count)
        }
        return (result, Selection(childRows))
    }
}

extension Bitmap {
    func gather(_ selection: Selection) -> Bitmap {
        let result = Bitmap(repeating: false, count: selection.count)
        let rows = selection.rows
        for index in 0..<selection.count {
            let row = Int(rows[index])
            let bit = (words[row >> 6] >> UInt64(row & 63)) & 1
            result.words[index >> 6] |= bit << UInt64(index & 63)
        }
        return result
    }
}
