/// A comparison, false where an operand is NULL; or IS DISTINCT FROM.
final class ComparisonNode: Node {
    enum Kind {
        case comparison(ComparisonOperator)
        case distinct
    }

    private let kind: Kind
    private let left: Node
    private let right: Node

    init(_ place: Place, kind: Kind, left: Node, right: Node) {
        self.kind = kind
        self.left = left
        self.right = right
        super.init(place, type: .boolean)
    }

    override func compute(_ frame: Frame) -> Operand {
        let (a, b) = (left.value(frame), right.value(frame))
        let isConstant = a.isConstant && b.isConstant
        let count = isConstant ? 1 : frame.count
        switch kind {
        case .comparison(let op):
            if a.isNullConstant || b.isNullConstant { return .constant(.boolean(false), .boolean) }
            let bits = ComparisonKernel.bits(op, a, b, count: count)
            for operand in [a, b] where !operand.isConstant { bits.keep(operand.column.validity) }
            return Operand(.booleans(bits), isConstant: isConstant)
        case .distinct:
            let bits = ComparisonKernel.bits(.notEqual, a, b, count: count)
            let (validA, validB) = (a.validWords(count), b.validWords(count))
            for word in 0..<bits.wordCount {
                let (x, y) = (validA?.words[word] ?? .max, validB?.words[word] ?? .max)
                bits.words[word] = (x ^ y) | (x & y & bits.words[word])
            }
            return Operand(.booleans(bits), isConstant: isConstant)
        }
    }
}
