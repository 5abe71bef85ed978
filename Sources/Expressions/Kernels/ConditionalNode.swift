import Columnar

/// CASE: the result of the first branch whose condition is true. Errors count only where a branch is
/// reached or taken.
final class ConditionalNode: Node {
    struct Arm {
        let condition: Node
        /// Rows that no branch before has taken.
        let conditionScope: Int?
        let result: Node
        /// Rows that this branch takes.
        let resultScope: Int?
    }

    private let arms: [Arm]
    private let otherwise: Node?
    private let otherwiseScope: Int?

    init(_ place: Place, arms: [Arm], otherwise: Node?, otherwiseScope: Int?, type: DataType) {
        self.arms = arms
        self.otherwise = otherwise
        self.otherwiseScope = otherwiseScope
        super.init(place, type: type)
    }

    override func compute(_ frame: Frame) -> Operand {
        let count = frame.count
        var open = Bitmap(repeating: true, count: count)
        open.keep(frame.masks[scope])
        var blend = Blend(type: type, count: count)
        for arm in arms {
            if open.isEmpty { break }
            if let own = arm.conditionScope { frame.masks[own] = open }
            let condition = arm.condition.value(frame)
            if condition.isConstant {
                guard condition.column.isValid(0), condition.column.booleans[0] else { continue }
                if let own = arm.resultScope { frame.masks[own] = open }
                blend.add(arm.result.value(frame), rows: open)
                open = Bitmap(repeating: false, count: count)
                break
            }
            let taken = condition.column.booleans.intersection(open)
            taken.keep(condition.column.validity)
            if taken.isEmpty { continue }
            if let own = arm.resultScope { frame.masks[own] = taken }
            blend.add(arm.result.value(frame), rows: taken)
            open = open.subtracting(taken)
        }
        if let otherwise, !open.isEmpty {
            if let otherwiseScope { frame.masks[otherwiseScope] = open }
            blend.add(otherwise.value(frame), rows: open)
        }
        return Operand(blend.finish())
    }
}
