/// NOT; NULL stays NULL.
final class NotNode: Node {
    private let operand: Node

    init(_ place: Place, operand: Node) {
        self.operand = operand
        super.init(place, type: .boolean)
    }

    override func compute(_ frame: Frame) -> Operand {
        let value = operand.value(frame)
        let bits = value.column.booleans.inverted
        // A NULL's slot stays zero.
        bits.keep(value.column.validity)
        return Operand(.booleans(bits, validity: value.column.validity), isConstant: value.isConstant)
    }
}
