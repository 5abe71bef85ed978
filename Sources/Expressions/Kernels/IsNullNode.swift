/// IS NULL.
final class IsNullNode: Node {
    private let operand: Node

    init(_ place: Place, operand: Node) {
        self.operand = operand
        super.init(place, type: .boolean)
    }

    override func compute(_ frame: Frame) -> Operand {
        let value = operand.value(frame)
        guard let validity = value.column.validity else { return .constant(.boolean(false), .boolean) }
        return Operand(.booleans(validity.inverted), isConstant: value.isConstant)
    }
}
