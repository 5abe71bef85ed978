import Kafka

/// How a topic is begun: no partition's records are handed out before all those with records have some.
///
/// What comes first is held until then, and handed out by `BeginningTurns`. All of it goes through ranges
/// that are logged, and so is repeated after a crash.
///
/// The same way partitions are waited for whose last records are looked at again, without turns.
struct KafkaBeginning {
    /// Partitions that have records and of which none has come.
    private var unheard: Set<Int>
    private var held: [Int: KafkaMessages] = [:]
    /// What may be handed out, in order.
    private var ready: [KafkaMessages] = []
    private var ends: [(partition: Int, offset: Int64)] = []
    private var giveUpAt: Int64
    /// Whether the first records go out by turns.
    private let takesTurns: Bool

    /// A partition whose broker is away holds the others up for so long, milliseconds.
    private static let patience: Int64 = 10_000
    /// Bytes that are held at most.
    private static let limit = 16 << 20

    /// - Parameter now: milliseconds of a clock that never goes back.
    init(takesTurns: Bool, now: Int64) {
        self.takesTurns = takesTurns
        unheard = []
        giveUpAt = now + Self.patience
    }

    /// - Parameters:
    ///   - bounds: of the partitions.
    ///   - next: where each is read from.
    ///   - now: milliseconds of a clock that never goes back.
    init(_ bounds: [Int: Range<Int64>], from next: [Int64], now: Int64) {
        self.init(takesTurns: true, now: now)
        unheard = Set(
            bounds.filter { $0.key < next.count && $0.value.upperBound > next[$0.key] }.keys)
    }

    /// Waits for these partitions too.
    mutating func await(_ partitions: Set<Int>, now: Int64) {
        unheard.formUnion(partitions)
        giveUpAt = now + Self.patience
    }

    /// Whether partitions are still waited for.
    func isWaiting(now: Int64) -> Bool {
        !unheard.isEmpty && now < giveUpAt && held.values.reduce(0) { $0 + $1.byteCount } < Self.limit
    }

    /// Takes note of a partition that has been heard of elsewhere, such as in the log of an epoch.
    mutating func hear(_ partition: Int) { unheard.remove(partition) }

    /// Forgets what is held: it is read again.
    mutating func drop() { (held, ready, ends) = ([:], [], []) }

    /// Whether all are heard of and nothing is held.
    var isOver: Bool { unheard.isEmpty && held.isEmpty && ready.isEmpty && ends.isEmpty }

    /// What is to be asked of the consumer when so many bytes may be handed out; 0 where there is enough.
    func wanted(_ maximumBytes: Int) -> Int {
        if !ready.isEmpty { return 0 }
        return unheard.isEmpty ? maximumBytes : max(maximumBytes, Self.step)
    }

    private static let step = 1 << 20

    /// Takes what has come, and gives what may be handed out: at most so many bytes, but one message if there
    /// is any.
    mutating func admit(_ take: KafkaTake, maximumBytes: Int, now: Int64) -> KafkaTake {
        // One that has ended has nothing for readers, such as a transaction that is open.
        for end in take.ends { hear(end.partition) }
        for part in take.messages where part.count > 0 {
            hear(part.partition)
            if let before = held[part.partition] {
                before.take(from: part)
            } else {
                held[part.partition] = part
            }
        }
        // An end is behind records that are held.
        ends += take.ends
        var admitted = KafkaTake()
        admitted.failures = take.failures
        guard !isWaiting(now: now) else { return admitted }
        unheard = []
        release()
        var left = maximumBytes
        while let first = ready.first, left > 0 {
            let isFirst = admitted.messages.isEmpty
            if !isFirst, first.firstByteCount > left { break }
            let part = first.takeFirst(.max, bytes: left)
            if first.count == 0 { ready.removeFirst() }
            left -= max(1, part.byteCount)
            admitted.messages.append(part)
        }
        if ready.isEmpty {
            admitted.ends = ends
            ends = []
        }
        return admitted
    }

    /// Puts what is held in order.
    private mutating func release() {
        let all = held.sorted { $0.key < $1.key }.map(\.value)
        if takesTurns, all.count > 1 {
            for (partition, count) in BeginningTurns.order(of: all.map(\.partition)) {
                if let part = held[partition] { ready.append(part.takeFirst(count)) }
            }
        }
        held = [:]
        ready = (ready + all).filter { $0.count > 0 }
    }
}
