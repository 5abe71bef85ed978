/// The order in which records of several sources come, one by one.
public final class Turns {
    /// By record: the relation whose source has it.
    let order: [String]
    /// Records that have been taken, and those that may be.
    var next: Int { didSet { activity?.note(self) } }
    let end: Int
    /// Is told how far it has come.
    var activity: TestActivity?

    public init(_ order: [String], from start: Int = 0, upTo end: Int? = nil) {
        self.order = order
        next = start
        self.end = min(end ?? order.count, order.count)
    }

    /// For people.
    var text: String {
        next < end
            ? "record \(next + 1) of \(end), of \(order[next])"
            : "what comes of \(end) records, all of them taken"
    }

    /// How many records that are next are of one relation.
    func run(of relation: String) -> Int { order[next..<max(next, end)].prefix { $0 == relation }.count }
}

extension TestActivity {
    func note(_ turns: Turns) { note(turns.text) }
}
