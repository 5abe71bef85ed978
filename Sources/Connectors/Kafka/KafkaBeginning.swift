import Kafka

/// How a topic is begun: no partition's records are handed out before all those with records have some.
///
/// A partition that nobody has heard of yet holds no watermark back. If the first megabyte of one partition
/// came before the first record of the next, that one's records would be late before they are read. So what
/// comes first is held, and then handed out by turns: one record of each partition, two, four and so on, since
/// the first ones may be no use. All of it goes through ranges that are logged, and so is repeated after a
/// crash.
struct KafkaBeginning {
    /// Partitions that have records and of which none has come.
    private var unheard: Set<Int>
    private var held: [Int: KafkaMessages] = [:]
    private var ends: [(partition: Int, offset: Int64)] = []
    private let giveUpAt: Int64

    /// A partition whose broker is away holds the others up for so long, milliseconds.
    private static let patience: Int64 = 10_000
    /// Bytes that are held at most.
    private static let limit = 16 << 20
    private static let turns = 7

    /// - Parameters:
    ///   - bounds: of the partitions.
    ///   - next: where each is read from.
    ///   - now: milliseconds of a clock that never goes back.
    init(_ bounds: [Int: Range<Int64>], from next: [Int64], now: Int64) {
        giveUpAt = now + Self.patience
        unheard = Set(
            bounds.filter { $0.key < next.count && $0.value.upperBound > next[$0.key] }.keys)
    }

    /// Takes note of a partition that has been heard of elsewhere, such as in the log of an epoch.
    mutating func hear(_ partition: Int) { unheard.remove(partition) }

    /// Forgets what is held: it is read again.
    mutating func drop() { (held, ends) = ([:], []) }

    /// Whether all are heard of and nothing is held.
    var isOver: Bool { unheard.isEmpty && held.isEmpty && ends.isEmpty }

    /// Takes what has come, and gives what may be handed out, in order.
    mutating func admit(_ take: KafkaTake, now: Int64) -> KafkaTake {
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
        var admitted = take
        admitted.messages = []
        admitted.ends = []
        let bytes = held.values.reduce(0) { $0 + $1.byteCount }
        guard unheard.isEmpty || now >= giveUpAt || bytes >= Self.limit else { return admitted }
        unheard = []
        let all = held.sorted { $0.key < $1.key }.map(\.value)
        if all.count > 1 {
            for turn in 0..<Self.turns { admitted.messages += all.map { $0.takeFirst(1 << turn) } }
        }
        admitted.messages = (admitted.messages + all).filter { $0.count > 0 }
        admitted.ends = ends
        held = [:]
        ends = []
        return admitted
    }
}
