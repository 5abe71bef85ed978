import Columnar

final class ConstantNode: Node {
    private let constant: Operand

    init(_ place: Place, value: Value, type: DataType) {
        constant = .constant(value, type)
        super.init(place, type: type)
    }

    override func compute(_ frame: Frame) -> Operand { constant }
}
