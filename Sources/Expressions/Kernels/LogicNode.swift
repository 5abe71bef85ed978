import Columnar

/// AND or OR over two or more operands, three-valued.
///
/// Rows that an operand has decided (false for AND, true for OR) no longer count for errors in those behind
/// it, and when none is left these are not evaluated.
final class LogicNode: Node {
    private let isAnd: Bool
    private let operands: [Node]
    /// For each operand the scope of its errors, if it has one of its own.
    private let scopes: [Int?]

    init(_ place: Place, isAnd: Bool, operands: [Node], scopes: [Int?]) {
        self.isAnd = isAnd
        self.operands = operands
        self.scopes = scopes
        super.init(place, type: .boolean)
    }

    override func compute(_ frame: Frame) -> Operand {
        let count = frame.count
        let trues = Bitmap(repeating: isAnd, count: count)
        let falses = Bitmap(repeating: !isAnd, count: count)
        let decided = isAnd ? falses : trues
        for (operand, ownScope) in zip(operands, scopes) {
            if let ownScope {
                let open = decided.inverted
                open.keep(frame.masks[scope])
                if open.isEmpty { break }
                frame.masks[ownScope] = open
            }
            fold(operand.value(frame), into: trues, falses)
        }
        let known = trues.union(falses)
        return Operand(.booleans(trues, validity: known.inverted.isEmpty ? nil : known))
    }

    private func fold(_ value: Operand, into trues: Bitmap, _ falses: Bitmap) {
        let validity = value.validWords(trues.count)
        let bits = value.column.booleans
        let constant: UInt64 = value.isConstant && bits[0] ? .max : 0
        for word in 0..<trues.wordCount {
            let valid = validity?.words[word] ?? .max
            let given = value.isConstant ? constant : bits.words[word]
            if isAnd {
                trues.words[word] &= given & valid
                falses.words[word] |= ~given & valid
            } else {
                trues.words[word] |= given & valid
                falses.words[word] &= ~given & valid
            }
        }
    }
}
