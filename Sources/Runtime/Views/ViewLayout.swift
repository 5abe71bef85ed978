import Columnar
import Planning
import State

/// What a view keeps of a table's rows.
struct ViewLayout: Sendable {
    let relation: Relation
    let windows: ViewWindows?
    /// Where the stored values stand in the relation's row: all columns, ROWTIME, the window's bounds.
    let positions: [Int]
    let types: [DataType]

    /// Offsets in an entry's payload: the row, and of a windowed table half the fingerprint of its key.
    static let row = 0
    static let keyPrint = 8

    init(_ relation: Relation, _ windows: ViewWindows?) {
        self.relation = relation
        self.windows = windows
        var positions = Array(relation.columns.indices) + [relation.position(of: .rowTime)]
        if windows != nil {
            positions += [relation.position(of: .windowStart), relation.position(of: .windowEnd)]
        }
        self.positions = positions
        types = positions.map { JoinSideLayout.type($0, relation) }
    }

    func state(shard: Int) -> StateLayout {
        StateLayout(
            name: "\(relation.name)/view/\(shard)", payloadBytes: windows == nil ? 8 : 16,
            blobOffsets: [Self.row], isShared: true)
    }

    /// Tells views apart whose rows are not read alike.
    var signature: String {
        let columns = relation.columns.map { "\($0.name) \($0.type.sql)" }.joined(separator: ", ")
        return "\(relation.keyCount) of \(columns)" + (windows == nil ? "" : ", windows")
    }
}
