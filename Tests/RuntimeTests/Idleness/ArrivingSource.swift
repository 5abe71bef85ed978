import Connectors
import Diagnostics
import Glibc
import Runtime

/// Gives each message when a clock that it moves itself has come to its time of arrival: waiting takes no
/// time.
final class ArrivingSource: Source {
    struct Arrival {
        /// Milliseconds.
        let time: Int64
        let message: MemoryRecord
    }

    private let arrivals: [Arrival]
    private let clock: RulesRun.Clock
    private let inner: MemorySource
    private var given: Int
    private let isHeldUp: () -> Bool
    private let waited: () -> Void

    /// - Parameters:
    ///   - arrivals: by time.
    ///   - isHeldUp: whether other threads have to do something before time passes.
    ///   - waited: called whenever time has passed.
    init(
        name: String, _ arrivals: [Arrival], clock: RulesRun.Clock, isHeldUp: @escaping () -> Bool,
        waited: @escaping () -> Void
    ) {
        self.arrivals = arrivals
        self.clock = clock
        self.isHeldUp = isHeldUp
        self.waited = waited
        given = arrivals.prefix { $0.time <= clock.now }.count
        inner = MemorySource(name: name, messages: arrivals[..<given].map(\.message))
    }

    func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange] {
        let now = arrivals.prefix { $0.time <= clock.now }.count
        if now > given { inner.append(arrivals[given..<now].map(\.message)) }
        given = now
        return try inner.poll(maximumBytes: maximumBytes, isFinal: isFinal)
    }

    func wait(milliseconds: Int) {
        if isHeldUp() {
            usleep(100)
            return
        }
        let next = arrivals.first { $0.time > clock.now }?.time ?? .max
        clock.pass(min(Int64(max(100, milliseconds)), next - clock.now))
        waited()
    }

    func restore(_ position: [UInt8]?) throws(Diagnostic) { try inner.restore(position) }
    func position() -> [UInt8] { inner.position() }
    func replay(_ range: InputRange) throws(Diagnostic) { try inner.replay(range) }
    func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> [ChunkLoader] {
        try inner.chunks(of: range, targetBytes: targetBytes)
    }
    func wake() {}
    func acknowledge() throws(Diagnostic) {}
    func lag() -> Int { 0 }
}
