/// The order in which records of several sources come, one by one.
public final class Turns {
    /// By record: the relation whose source has it.
    let order: [String]
    /// Records that have been taken, and those that may be.
    var next: Int
    let end: Int

    public init(_ order: [String], from start: Int = 0, upTo end: Int? = nil) {
        self.order = order
        next = start
        self.end = min(end ?? order.count, order.count)
    }

    /// How many records that are next are of one relation.
    func run(of relation: String) -> Int { order[next..<max(next, end)].prefix { $0 == relation }.count }
}
