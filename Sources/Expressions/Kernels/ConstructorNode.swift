import Columnar

/// `ARRAY[…]`, `MAP(…)`, `STRUCT(…)`: never NULL themselves.
final class ConstructorNode: Node {
    private let parts: [Node]
    /// For a MAP: keys first, then as many values.
    init(_ place: Place, parts: [Node], type: DataType) {
        self.parts = parts
        super.init(place, type: type)
    }

    override func compute(_ frame: Frame) -> Operand {
        let values = parts.map { $0.value(frame) }
        let isConstant = values.allSatisfy(\.isConstant)
        let count = isConstant ? 1 : frame.count
        let storage: Column.Storage
        switch type {
        case .array(let element):
            storage = .list(
                offsets: NestedKernels.evenOffsets(count: count, width: values.count),
                elements: NestedKernels.interleaved(values, type: element, count: count))
        case .map(let key, let value):
            return Operand(map(values, key, value, count), isConstant: isConstant)
        default:
            storage = .structure(values.map { $0.expanded(to: count) })
        }
        return Operand(
            Column(type: type, count: count, validity: nil, storage: storage), isConstant: isConstant)
    }

    /// Leaves out entries whose key is NULL or comes again.
    private func map(_ values: [Operand], _ key: DataType, _ value: DataType, _ count: Int) -> Column {
        let width = values.count / 2
        let keys = NestedKernels.interleaved(Array(values[..<width]), type: key, count: count)
        let items = NestedKernels.interleaved(Array(values[width...]), type: value, count: count)
        let offsets = Buffer(capacity: (count + 1) * 4, zeroed: true)
        let out = offsets.pointer.assumingMemoryBound(to: Int32.self)
        var kept: [Int32] = []
        for row in 0..<count {
            let entries = row * width..<(row + 1) * width
            for entry in entries where keys.isValid(entry) {
                let comesAgain = (entry + 1..<entries.upperBound).contains {
                    RowEquality.equal(keys, entry, keys, $0)
                }
                if !comesAgain { kept.append(Int32(entry)) }
            }
            out[row + 1] = Int32(kept.count)
        }
        let selection = Selection(kept)
        return Column(
            type: type, count: count, validity: nil,
            storage: .map(offsets: offsets, keys: keys.gather(selection), values: items.gather(selection)))
    }
}
