import Columnar

extension IterationRound {
    /// The state behind the last element. The first state where there is no collection; NULL where there is
    /// no first state.
    func reduce(from initial: Operand, _ body: LambdaBody, _ type: DataType) -> Column {
        let elements = elements(ordered: collection.column.children.count == 2)
        let first = initial.expanded(to: count)
        var steps = Steps(
            active: (0..<count).filter { elements.count(of: $0) > 0 && first.isValid($0) }
                .map { Int32(truncatingIfNeeded: $0) }, rowCount: count)
        // Rows that never start end with the first state.
        steps.parts = [first]
        steps.partRows = count
        var state = steps.active.count == count ? first : first.gather(Selection(steps.active))
        var outside: [Column] = []
        var outsideOf = -1
        var step = 0
        while !steps.active.isEmpty {
            let places = Selection(steps.active.map { Int32(elements.starts[Int($0)] + step) })
            if outsideOf != steps.active.count {
                outside = self.outside(for: steps.active)
                outsideOf = steps.active.count
            }
            let (values, losses) = body.values(
                outside + [state] + elements.columns.map { $0.gather(places) }, count: steps.active.count,
                owners: steps.active, in: context, step: step)
            lose(losses, steps.active)
            step += 1
            state = steps.advance(values) { row in
                lost[row] ? .lost : elements.count(of: row) == step ? .ends : .goesOn
            }
        }
        return steps.result(lost: lost, type: type)
    }

    private enum Outcome {
        case goesOn, ends, lost
    }

    /// The rows that still have elements, and the last states of those that have none.
    private struct Steps {
        /// Ascending; the states' rows stand in this order.
        var active: [Int32]
        var parts: [Column] = []
        var partRows = 0
        /// By row, where its last state stands in the parts.
        private var ends: [Int32]

        init(active: [Int32], rowCount: Int) {
            self.active = active
            ends = (0..<rowCount).map { Int32(truncatingIfNeeded: $0) }
        }

        /// Sets rows aside that have ended; gives the states of the others.
        mutating func advance(_ values: Column, _ outcome: (Int) -> Outcome) -> Column {
            if active.allSatisfy({ outcome(Int($0)) == .goesOn }) { return values }
            var going: [Int32] = []
            var ended: [Int32] = []
            var rows: [Int32] = []
            for (index, row) in active.enumerated() {
                switch outcome(Int(row)) {
                case .goesOn:
                    going.append(Int32(truncatingIfNeeded: index))
                    rows.append(row)
                case .ends:
                    ends[Int(row)] = Int32(truncatingIfNeeded: partRows + ended.count)
                    ended.append(Int32(truncatingIfNeeded: index))
                case .lost: break
                }
            }
            if !ended.isEmpty {
                parts.append(ended.count == values.count ? values : values.gather(Selection(ended)))
                partRows += ended.count
            }
            active = rows
            return values.gather(Selection(going))
        }

        func result(lost: Bitmap, type: DataType) -> Column {
            if parts.count == 1 { return parts[0].masked(by: lost.inverted) }
            return Column.concatenate(parts).gather(Selection(ends)).masked(by: lost.inverted)
        }
    }
}
