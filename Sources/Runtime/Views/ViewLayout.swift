import Columnar
import Planning
import State

/// What a view keeps of a table's rows.
struct ViewLayout: Sendable {
    let relation: Relation
    let windows: ViewWindows?
    /// Where the stored values stand in the relation's row: ROWTIME, the window's bounds, all columns. A row
    /// that was stored before its table got more columns ends early, and is NULL in these.
    let positions: [Int]
    let types: [DataType]

    /// Offsets in an entry's payload: the row, and of a windowed table half the fingerprint of its key.
    static let row = 0
    static let keyPrint = 8

    init(_ relation: Relation, _ windows: ViewWindows?) {
        self.relation = relation
        self.windows = windows
        let times: [PseudoColumn] = windows == nil ? [.rowTime] : [.rowTime, .windowStart, .windowEnd]
        positions = times.map { relation.position(of: $0) } + relation.columns.indices
        types = positions.map { JoinSideLayout.type($0, relation) }
    }

    func state(shard: Int) -> StateLayout {
        StateLayout(
            name: "\(relation.name)/view/\(shard)", payloadBytes: windows == nil ? 8 : 16,
            blobOffsets: [Self.row], isShared: true)
    }

    /// What tells apart views whose rows are not read alike; that of one with more columns begins with it.
    var signature: String {
        "\(relation.keyCount) \(windows == nil ? "" : "and a window ")of "
            + relation.columns.map { "\($0.name) \($0.type.sql); " }.joined()
    }
}
