import Columnar

/// TRANSFORM, FILTER and REDUCE.
///
/// Elements are no rows of their own to be walked: the collections of all rows are laid one behind the other,
/// what the lambda reads of the row is gathered beside them, and the body is evaluated over these columns at
/// once. REDUCE goes through all collections in step: over the first elements of all rows, then the second.
final class IterationNode: Node {
    private let kind: Iteration.Kind
    private let collection: Node
    private let initial: Node?
    /// What the bodies read of the row: their columns come first, the parameters behind them.
    private let captured: [Node]
    private let bodies: [LambdaBody]

    init(
        _ place: Place, kind: Iteration.Kind, collection: Node, initial: Node?, captured: [Node],
        bodies: [LambdaBody], type: DataType
    ) {
        self.kind = kind
        self.collection = collection
        self.initial = initial
        self.captured = captured
        self.bodies = bodies
        super.init(place, type: type)
    }

    override func compute(_ frame: Frame) -> Operand {
        let collection = self.collection.value(frame)
        let initial = self.initial?.value(frame)
        let outside = captured.map { $0.value(frame) }
        let isConstant =
            collection.isConstant && (initial?.isConstant ?? true) && outside.allSatisfy(\.isConstant)
            && !bodies.contains(where: \.isVarying)
        let round = IterationRound(
            collection: collection, captured: outside, count: isConstant ? 1 : frame.count,
            mask: isConstant ? nil : frame.masks[scope], context: frame.context)
        let result: Column
        switch (kind, initial) {
        case (.reduce, let initial?): result = round.reduce(from: initial, bodies[0], type)
        case (.filter, _): result = round.filter(bodies[0], type)
        default: result = bodies.count == 2 ? round.map(bodies, type) : round.transform(bodies[0], type)
        }
        frame.report(round.failures, scope: scope, isConstant: isConstant)
        if !round.lost.isEmpty { frame.lose(isConstant ? nil : round.lost, scope: scope) }
        return Operand(result, isConstant: isConstant)
    }
}
