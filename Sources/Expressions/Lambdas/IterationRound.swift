import Columnar

/// One batch of a call of TRANSFORM, FILTER or REDUCE.
struct IterationRound {
    let collection: Operand
    let captured: [Operand]
    let count: Int
    let mask: Bitmap?
    let context: EvaluationContext
    let failures: Failures
    /// Rows whose call could not be computed, for whatever reason.
    let lost: Bitmap

    init(
        collection: Operand, captured: [Operand], count: Int, mask: Bitmap?, context: EvaluationContext
    ) {
        self.collection = collection
        self.captured = captured
        self.count = count
        self.mask = mask
        self.context = context
        failures = Failures(count: count)
        lost = Bitmap(repeating: false, count: count)
    }

    /// A value of each element.
    func transform(_ body: LambdaBody, _ type: DataType) -> Column {
        let elements = elements()
        let values = self.values(of: body, elements)
        guard !lost.isEmpty else { return list(elements.starts, values, type) }
        let kept = kept(elements) { _ in true }
        return list(kept.starts, values.gather(Selection(kept.places)), type)
    }

    /// A key and a value of each entry; NULL where two keys are equal, or a part is NULL, as in ksqlDB.
    func map(_ bodies: [LambdaBody], _ type: DataType) -> Column {
        let elements = elements()
        let keys = self.values(of: bodies[0], elements)
        let values = self.values(of: bodies[1], elements)
        for row in 0..<count where !lost[row] {
            let range = elements.starts[row]..<elements.starts[row + 1]
            if range.contains(where: { !keys.isValid($0) || !values.isValid($0) }) {
                lose(row, .function("TRANSFORM", reason: "a key or value is NULL"))
            } else if DistinctRows.hasEqual(keys, range) {
                lose(row, .function("TRANSFORM", reason: "two keys are equal"))
            }
        }
        let kept = kept(elements) { _ in true }
        let selection = Selection(kept.places)
        return Column(
            type: type, count: count, validity: validity,
            storage: .map(
                offsets: Self.offsets(kept.starts), keys: keys.gather(selection),
                values: values.gather(selection)))
    }

    /// The elements for which the body is true. A MAP with a NULL among the values that stay is NULL, as in
    /// ksqlDB.
    func filter(_ body: LambdaBody, _ type: DataType) -> Column {
        let elements = elements()
        let verdicts = self.values(of: body, elements)
        let stays = { (place: Int) in verdicts.isValid(place) && verdicts.booleans[place] }
        if elements.columns.count == 2 {
            for place in 0..<elements.count where stays(place) && !elements.columns[1].isValid(place) {
                lose(Int(elements.owners[place]), .function("FILTER", reason: "a value is NULL"))
            }
        }
        let kept = kept(elements, stays)
        let selection = Selection(kept.places)
        guard elements.columns.count == 2 else {
            return list(kept.starts, elements.columns[0].gather(selection), type)
        }
        return Column(
            type: type, count: count, validity: validity,
            storage: .map(
                offsets: Self.offsets(kept.starts), keys: elements.columns[0].gather(selection),
                values: elements.columns[1].gather(selection)))
    }

    // MARK: Parts

    func elements(ordered: Bool = false) -> FlatElements {
        FlatElements(collection, count: count, rows: mask, ordered: ordered)
    }

    private func values(of body: LambdaBody, _ elements: FlatElements) -> Column {
        let columns = outside(for: elements.owners) + elements.columns
        let (values, losses) = body.values(
            columns, count: elements.count, owners: elements.owners, in: context, step: 0)
        lose(losses, elements.owners)
        return values
    }

    /// What the body reads of the row, for each element.
    func outside(for owners: [Int32]) -> [Column] {
        let rows = Selection(owners)
        return captured.map { $0.isConstant ? $0.expanded(to: owners.count) : $0.column.gather(rows) }
    }

    /// Takes the rows over whose elements are lost.
    func lose(_ losses: Losses, _ owners: [Int32]) {
        losses.rows.forEachOne { lost.set(Int(owners[$0])) }
        for (reason, elements) in losses.byReason {
            elements.forEachOne { failures.mark(Int(owners[$0]), reason) }
        }
    }

    private func lose(_ row: Int, _ reason: EvaluationFailure) {
        lost.set(row)
        failures.mark(row, reason)
    }

    /// Rows that have a result: those with a collection of which no element is lost.
    private var validity: Bitmap? {
        let valid = lost.inverted
        valid.keep(mask)
        valid.keep(collection.validWords(count))
        return valid.ifNotFull
    }

    private func kept(
        _ elements: FlatElements, _ stays: (Int) -> Bool
    ) -> (places: [Int32], starts: [Int]) {
        var places: [Int32] = []
        var starts = [0]
        for row in 0..<count {
            if !lost[row] {
                for place in elements.starts[row]..<elements.starts[row + 1] where stays(place) {
                    places.append(Int32(truncatingIfNeeded: place))
                }
            }
            starts.append(places.count)
        }
        return (places, starts)
    }

    private func list(_ starts: [Int], _ elements: Column, _ type: DataType) -> Column {
        Column(
            type: type, count: count, validity: validity,
            storage: .list(offsets: Self.offsets(starts), elements: elements))
    }

    private static func offsets(_ starts: [Int]) -> Buffer {
        let offsets = Buffer(capacity: starts.count * 4)
        let ends = offsets.pointer.assumingMemoryBound(to: Int32.self)
        for (index, start) in starts.enumerated() { ends[index] = Int32(truncatingIfNeeded: start) }
        return offsets
    }
}
