import Columnar
import Planning

/// Rows of a relation as they were found.
public struct RowBlock: Sendable {
    /// In the relation's layout: its columns, then the pseudo-columns. ROWTIME and, where there are windows,
    /// their bounds are there; the other pseudo-columns are NULL.
    public let columns: [Column]
    public let count: Int
}

/// Puts rows of a view together.
struct RowBlockBuilder {
    private let layout: ViewLayout
    private var builders: [ColumnBuilder] = []
    private(set) var count = 0

    init(_ layout: ViewLayout) {
        self.layout = layout
        reset()
    }

    private mutating func reset() {
        builders = layout.types.map { ColumnBuilder(type: $0) }
        count = 0
    }

    mutating func append(_ row: UnsafeRawBufferPointer) {
        KeyCodec.decode(row, into: builders)
        count += 1
    }

    /// The rows since the last call.
    mutating func take() -> RowBlock {
        let stored = builders.map { $0.finish() }
        var columns = [Column?](repeating: nil, count: layout.relation.width)
        for (index, position) in layout.positions.enumerated() { columns[position] = stored[index] }
        let whole = columns.enumerated().map { position, column in
            column ?? .nulls(JoinSideLayout.type(position, layout.relation), count: count)
        }
        defer { reset() }
        return RowBlock(columns: whole, count: count)
    }
}
