import Columnar
import Planning

/// One rule of a relation, and what it has seen in the epoch at work, by slot.
final class RuleAtWork: @unchecked Sendable {
    /// Its number in the pipeline's rules.
    let number: Int
    let rule: QualityRule
    /// Where the rule's filter and violation stand among the relation's compiled expressions.
    let filter: Int?
    let violation: Int?
    /// Finds repeats; for a rule of that kind.
    let uniqueness: UniqueCheck?
    private let example: RowText
    /// One for each slot, each used by the thread that has the slot.
    let slots: [SlotTally]

    /// A tally that one thread at a time works on.
    final class SlotTally: @unchecked Sendable {
        var tally = RuleTally()
    }

    init(
        number: Int, rule: QualityRule, filter: Int?, violation: Int?, uniqueness: UniqueCheck?, slots: Int
    ) {
        self.number = number
        self.rule = rule
        self.filter = filter
        self.violation = violation
        self.uniqueness = uniqueness
        let relation = rule.relation
        var shown: [Int] = []
        switch rule.check {
        case .rows(_, let columns): shown = columns
        case .unique(let keys, _): shown = keys.flatMap(\.columns).sorted()
        case .freshness, .volume: break
        }
        // A table's row is known by its key.
        let keys = relation.kind == .table ? Array(0..<relation.keyCount) : []
        example = RowText(relation, keys + shown.filter { !keys.contains($0) })
        self.slots = (0..<slots).map { _ in SlotTally() }
        uniqueness?.tally.describe = { [unowned self] columns, row in text(columns, row) }
    }

    private static let longestExample = 300

    /// A row that fails: its values and where it came from.
    func text(_ columns: [Column], _ row: Int) -> String {
        let relation = rule.relation
        var text = example.text(columns, row: row)
        if text.utf8.count > Self.longestExample { text = String(text.prefix(Self.longestExample)) + "…" }
        let sources = columns[relation.position(of: .rowSource)]
        let offsets = columns[relation.position(of: .rowOffset)]
        if row < sources.count, row < offsets.count, sources.isValid(row) {
            text += " at \(sources.string(at: row)):\(offsets.int64s[row])"
        }
        return text
    }

    /// What the epoch has shown, which is forgotten.
    func takeTally() -> RuleTally {
        var all = uniqueness?.tally.take() ?? RuleTally()
        for slot in slots {
            all.add(slot.tally)
            slot.tally = RuleTally()
        }
        return all
    }
}
