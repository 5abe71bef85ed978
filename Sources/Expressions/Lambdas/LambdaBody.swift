import Columnar

/// The compiled body of a lambda, which is evaluated over many elements at once: over columns with a row for
/// each.
struct LambdaBody {
    let root: Node
    let slots: Int
    let scopes: Int
    /// Whether it gives equal elements different values: RANDOM(), UUID().
    let isVarying: Bool

    /// A value for each element, and those for which there is none.
    func values(
        _ columns: [Column], count: Int, owners: [Int32], in context: EvaluationContext, step: Int
    ) -> (values: Column, losses: Losses) {
        let losses = Losses(count: count)
        guard count > 0 else { return (.nulls(root.type, count: 0), losses) }
        let frame = Frame(
            columns: columns, count: count, context: context, slots: slots, scopes: scopes, losses: losses)
        guard isVarying else { return (root.value(frame).expanded(to: count), losses) }
        // An element is told apart by its record, and by its place in the record.
        let positions = context.positions
        defer { context.positions = positions }
        context.positions = Self.positions(owners, context, step)
        return (root.value(frame).expanded(to: count), losses)
    }

    private static func positions(_ owners: [Int32], _ context: EvaluationContext, _ step: Int) -> [Column] {
        let places = ColumnBuilder(type: .bigint, capacity: owners.count)
        let rows = ColumnBuilder(type: .bigint, capacity: owners.count)
        var place: Int64 = 0
        var last: Int32 = -1
        for owner in owners {
            place = owner == last ? place + 1 : Int64(step)
            last = owner
            places.append(place)
            rows.append(context.firstPosition &+ Int64(owner))
        }
        let known = context.positions.map { $0.gather(Selection(owners)) }
        return (known.isEmpty ? [rows.finish()] : known) + [places.finish()]
    }
}
