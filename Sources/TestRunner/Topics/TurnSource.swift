import Connectors
import Diagnostics
import Runtime

/// One of several sources whose records come in one order, however much is asked for at a time.
public final class TurnSource: Source {
    private enum Records {
        case messages([MemoryRecord])
        case lines([String])
    }

    private let relation: String
    private let records: Records
    private let turns: Turns
    private let base: MemorySource
    private var supplied: Int

    /// A topic's messages.
    public init(_ relation: String, name: String, messages: [MemoryRecord], turns: Turns) {
        self.relation = relation
        records = .messages(messages)
        self.turns = turns
        supplied = turns.order[..<turns.next].count { $0 == relation }
        base = MemorySource(name: name, messages: Array(messages.prefix(supplied)))
    }

    /// A file's lines.
    public init(_ relation: String, name: String, lines: [String], turns: Turns) {
        self.relation = relation
        records = .lines(lines)
        self.turns = turns
        supplied = turns.order[..<turns.next].count { $0 == relation }
        base = MemorySource(name: name, lines: Array(lines.prefix(supplied)))
    }

    private var taken: Int { Int(String(decoding: base.position(), as: UTF8.self)) ?? 0 }

    public func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange] {
        let before = taken
        let until = before + turns.run(of: relation)
        guard until > before else { return [] }
        if until > supplied {
            switch records {
            case .messages(let messages): base.append(Array(messages[supplied..<until]))
            case .lines(let lines): base.append(lines: Array(lines[supplied..<until]))
            }
            supplied = until
        }
        let ranges = try base.poll(maximumBytes: maximumBytes, isFinal: isFinal)
        turns.next += taken - before
        return ranges
    }

    public func restore(_ position: [UInt8]?) throws(Diagnostic) { try base.restore(position) }
    public func position() -> [UInt8] { base.position() }
    public func replay(_ range: InputRange) throws(Diagnostic) { try base.replay(range) }
    public func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> [ChunkLoader] {
        try base.chunks(of: range, targetBytes: targetBytes)
    }
    public func wait(milliseconds: Int) { base.wait(milliseconds: milliseconds) }
    public func wake() { base.wake() }
    public func acknowledge() throws(Diagnostic) { try base.acknowledge() }
    public func lag() -> Int { base.lag() }
}
