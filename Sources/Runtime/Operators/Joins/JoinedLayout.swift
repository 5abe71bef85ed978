import Columnar
import Expressions
import Planning

/// How the rows of one side of a join are kept: its keys, then those of its columns that somebody reads.
struct JoinSideLayout: Sendable {
    let keys: [Expression]
    /// Positions in the side's row of what is kept behind the keys.
    let kept: [Int]
    let types: [DataType]
    /// Where kept values stand in the joined row, and which they are.
    let targets: [(position: Int, stored: Int)]

    init(_ relation: Relation, keys: [Expression], needed: Set<Int>, start: Int) {
        self.keys = keys
        var kept: [Int] = []
        var targets: [(position: Int, stored: Int)] = []
        for position in needed.sorted() {
            if let key = keys.firstIndex(where: { $0 == .column(position, $0.type) }) {
                targets.append((start + position, key))
            } else {
                targets.append((start + position, keys.count + kept.count))
                kept.append(position)
            }
        }
        self.kept = kept
        self.targets = targets
        types = keys.map(\.type) + kept.map { Self.type($0, relation) }
    }

    /// What is stored of the rows of a batch: `keys`, computed before, and its own columns.
    func stored(_ keys: [Column], _ columns: [Column]) -> [Column] { keys + kept.map { columns[$0] } }

    static func type(_ position: Int, _ relation: Relation) -> DataType {
        guard position >= relation.columns.count else { return relation.columns[position].type }
        return PseudoColumn(rawValue: position - relation.columns.count)?.type ?? .bigint
    }
}

/// How the joined row comes from what is kept of the two sides.
struct JoinedLayout: Sendable {
    let plan: JoinPlan
    let left: JoinSideLayout
    let right: JoinSideLayout
    /// Parts of the joined row that are the key of whichever side is there.
    let keyTargets: [(position: Int, key: Int)]

    /// - Parameter kept: positions of the joined row that are read.
    init(_ plan: JoinPlan, kept: Set<Int>) {
        self.plan = plan
        let needs = JoinNeeds(plan, output: kept)
        left = JoinSideLayout(plan.left, keys: plan.leftKeys, needed: needs.left, start: plan.leftStart)
        right = JoinSideLayout(plan.right, keys: plan.rightKeys, needed: needs.right, start: plan.rightStart)
        var targets: [(position: Int, key: Int)] = []
        if plan.mode != .foreignKey { targets.append((0, 0)) }
        if plan.output.windowing != nil {
            targets.append((plan.output.position(of: .windowStart), 1))
            targets.append((plan.output.position(of: .windowEnd), 2))
        }
        keyTargets = targets
    }

    subscript(side: JoinSide) -> JoinSideLayout { side == .left ? left : right }
}
