import Columnar

/// IN: constants by a set of words, everything else by comparison. False where the operand is NULL.
final class AmongNode: Node {
    private let operand: Node
    private let constants: Constants
    private let others: [Node]

    init(_ place: Place, operand: Node, values: [Value], others: [Node]) {
        self.operand = operand
        constants = Constants(values, type: operand.type)
        self.others = others
        super.init(place, type: .boolean)
    }

    override func compute(_ frame: Frame) -> Operand {
        let value = operand.value(frame)
        let candidates = others.map { $0.value(frame) }
        if value.isNullConstant { return .constant(.boolean(false), .boolean) }
        let isConstant = value.isConstant && candidates.allSatisfy(\.isConstant)
        let count = isConstant ? 1 : frame.count
        var bits = constants.test(value, count: count)
        for candidate in candidates where !candidate.isNullConstant {
            let equal = ComparisonKernel.bits(.equal, value, candidate, count: count)
            if !candidate.isConstant { equal.keep(candidate.column.validity) }
            bits = bits.union(equal)
        }
        if !value.isConstant { bits.keep(value.column.validity) }
        return Operand(.booleans(bits), isConstant: isConstant)
    }

    /// The list's constants in the form in which rows are compared with them.
    private struct Constants {
        private let words: [Int64]
        private let wordSet: Set<Int64>?
        /// Short strings, as their two words.
        private let shorts: [StringView]
        private let shortSet: Set<ShortText>?
        /// Whatever else there is: one constant each.
        private let rest: [Operand]

        private struct ShortText: Hashable {
            let low: UInt64
            let high: UInt64
        }

        init(_ values: [Value], type: DataType) {
            var words: [Int64] = []
            var shorts: [StringView] = []
            var rest: [Operand] = []
            for value in Set(values) where !value.isNull {
                switch value {
                case .integer(let number), .date(let number), .time(let number): words.append(Int64(number))
                case .bigint(let number), .timestamp(let number): words.append(number)
                case .string(let text):
                    if let view = StringView(literal: text) {
                        shorts.append(view)
                    } else {
                        rest.append(.constant(value, type))
                    }
                default: rest.append(.constant(value, type))
                }
            }
            self.words = words
            wordSet = words.count > 8 ? Set(words) : nil
            self.shorts = shorts
            shortSet =
                shorts.count > 8 ? Set(shorts.map { ShortText(low: $0.low, high: $0.high) }) : nil
            self.rest = rest
        }

        func test(_ value: Operand, count: Int) -> Bitmap {
            var bits: Bitmap
            switch value.type {
            case .integer, .date, .time: bits = test(value, count, Int32.self)
            case .bigint, .timestamp: bits = test(value, count, Int64.self)
            case .string: bits = testShorts(value, count)
            default: bits = Bitmap(repeating: false, count: count)
            }
            for constant in rest {
                bits = bits.union(ComparisonKernel.bits(.equal, value, constant, count: count))
            }
            return bits
        }

        @inline(__always)
        private func test<T: FixedWidthInteger>(_ value: Operand, _ count: Int, _ type: T.Type) -> Bitmap {
            let values = FixedKernels.pointer(value, T.self)
            let step = value.isConstant ? 0 : 1
            if let wordSet {
                return FixedKernels.bits(count: count) { wordSet.contains(Int64(values[$0 &* step])) }
            }
            let list = words.map { T(truncatingIfNeeded: $0) }
            return list.withUnsafeBufferPointer { list in
                FixedKernels.bits(count: count) { row in
                    let value = values[row &* step]
                    var hit = false
                    for item in list { hit = hit || item == value }
                    return hit
                }
            }
        }

        private func testShorts(_ value: Operand, _ count: Int) -> Bitmap {
            let views = value.column.views
            let step = value.isConstant ? 0 : 1
            if let shortSet {
                return FixedKernels.bits(count: count) { row in
                    let view = views[row &* step]
                    return view.isInline && shortSet.contains(ShortText(low: view.low, high: view.high))
                }
            }
            // Four at a time without a branch; a short last group repeats its first.
            var bits: Bitmap?
            for start in stride(from: 0, to: shorts.count, by: 4) {
                let group = (0..<4).map { shorts[start + ($0 < shorts.count - start ? $0 : 0)] }
                let hits = test(views, step, count, group[0], group[1], group[2], group[3])
                bits = bits?.union(hits) ?? hits
            }
            return bits ?? Bitmap(repeating: false, count: count)
        }

        private func test(
            _ views: UnsafeMutablePointer<StringView>, _ step: Int, _ count: Int, _ a: StringView,
            _ b: StringView, _ c: StringView, _ d: StringView
        ) -> Bitmap {
            FixedKernels.bits(count: count) { row in
                let view = views[row &* step]
                let first = (view.low ^ a.low) | (view.high ^ a.high)
                let second = (view.low ^ b.low) | (view.high ^ b.high)
                let third = (view.low ^ c.low) | (view.high ^ c.high)
                let fourth = (view.low ^ d.low) | (view.high ^ d.high)
                return min(min(first, second), min(third, fourth)) == 0
            }
        }
    }
}
