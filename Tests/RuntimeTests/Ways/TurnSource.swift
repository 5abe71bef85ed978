import Connectors
import Diagnostics
import Runtime

/// The order in which records of several sources come, one by one.
final class Turns {
    /// By record: the relation whose source has it.
    let order: [String]
    /// Records that have been taken, and those that may be.
    var next: Int
    let end: Int

    init(_ order: [String], from start: Int = 0, upTo end: Int? = nil) {
        self.order = order
        next = start
        self.end = min(end ?? order.count, order.count)
    }

    /// How many records that are next are of one relation.
    func run(of relation: String) -> Int { order[next..<max(next, end)].prefix { $0 == relation }.count }
}

/// One of several sources whose records come in one order, however much is asked for at a time.
final class TurnSource: Source {
    private let relation: String
    private let messages: [MemoryRecord]
    private let turns: Turns
    private let base: MemorySource
    private var supplied: Int

    init(_ relation: String, name: String, messages: [MemoryRecord], turns: Turns) {
        self.relation = relation
        self.messages = messages
        self.turns = turns
        supplied = turns.order[..<turns.next].count { $0 == relation }
        base = MemorySource(name: name, messages: Array(messages.prefix(supplied)))
    }

    private var taken: Int { Int(String(decoding: base.position(), as: UTF8.self)) ?? 0 }

    func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange] {
        let before = taken
        let until = before + turns.run(of: relation)
        guard until > before else { return [] }
        if until > supplied {
            base.append(Array(messages[supplied..<until]))
            supplied = until
        }
        let ranges = try base.poll(maximumBytes: maximumBytes, isFinal: isFinal)
        turns.next += taken - before
        return ranges
    }

    func restore(_ position: [UInt8]?) throws(Diagnostic) { try base.restore(position) }
    func position() -> [UInt8] { base.position() }
    func replay(_ range: InputRange) throws(Diagnostic) { try base.replay(range) }
    func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> [ChunkLoader] {
        try base.chunks(of: range, targetBytes: targetBytes)
    }
    func wait(milliseconds: Int) { base.wait(milliseconds: milliseconds) }
    func wake() { base.wake() }
    func acknowledge() throws(Diagnostic) { try base.acknowledge() }
    func lag() -> Int { base.lag() }
}
