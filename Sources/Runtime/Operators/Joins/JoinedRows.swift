import Columnar
import Planning

/// Joined rows under construction, from what is kept of their sides.
final class JoinedRows {
    private let layout: JoinedLayout
    private let left: [ColumnBuilder]
    private let right: [ColumnBuilder]
    private var hasLeft: [Bool] = []
    private(set) var times: [Int64] = []

    var count: Int { times.count }

    init(_ layout: JoinedLayout) {
        self.layout = layout
        left = layout.left.types.map { ColumnBuilder(type: $0) }
        right = layout.right.types.map { ColumnBuilder(type: $0) }
    }

    /// Adds a row of which at least one side is there; returns its number.
    @discardableResult
    func append(
        left leftBytes: UnsafeRawBufferPointer?, right rightBytes: UnsafeRawBufferPointer?, time: Int64
    ) -> Int32 {
        KeyCodec.decode(leftBytes, into: left)
        KeyCodec.decode(rightBytes, into: right)
        hasLeft.append(leftBytes != nil)
        times.append(time)
        return Int32(truncatingIfNeeded: times.count - 1)
    }

    /// The columns of the joined row, in its layout; those that nobody reads are absent.
    func finish() -> [Column] {
        let lefts = left.map { $0.finish() }
        let rights = right.map { $0.finish() }
        let plan = layout.plan
        var columns = [Column](repeating: RowBatch.absent, count: plan.output.width)
        for (position, stored) in layout.left.targets { columns[position] = lefts[stored] }
        for (position, stored) in layout.right.targets { columns[position] = rights[stored] }
        for (position, key) in layout.keyTargets { columns[position] = keyColumn(key, lefts, rights) }
        if plan.mode == .foreignKey {
            for key in 0..<plan.output.keyCount { columns[key] = columns[plan.leftStart + key] }
        }
        columns[plan.output.position(of: .rowTime)] = .bigints(times)
        return columns
    }

    private func keyColumn(_ key: Int, _ lefts: [Column], _ rights: [Column]) -> Column {
        if !hasLeft.contains(false) { return lefts[key] }
        if !hasLeft.contains(true) { return rights[key] }
        let builder = ColumnBuilder(type: lefts[key].type, capacity: count)
        for row in 0..<count { builder.append((hasLeft[row] ? lefts : rights)[key].value(at: row)) }
        return builder.finish()
    }
}
