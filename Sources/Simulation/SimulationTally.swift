/// What a simulator has made: each line is an event, a repeat of one, or malformed.
///
/// `lines == events + duplicates + malformed`. Times are event times in milliseconds since 1970.
public struct SimulationTally: Equatable, Sendable {
    /// A number of events under the name of their type or kind.
    public struct Count: Equatable, Sendable {
        public var name: String
        public var count: Int

        public init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// Valid events, each counted once.
    public internal(set) var events = 0
    /// Lines that repeat an earlier event byte for byte.
    public internal(set) var duplicates = 0
    /// Lines that no reader should accept.
    public internal(set) var malformed = 0
    /// Events that arrived after one with a later event time.
    public internal(set) var late = 0
    /// Events of bots.
    public internal(set) var botEvents = 0
    /// Sessions opened, those of bots included.
    public internal(set) var sessions = 0
    /// The earliest and the latest event time of the valid events.
    public internal(set) var firstEventTime: Int64?
    public internal(set) var lastEventTime: Int64?
    /// Events by type, in the order of a journey; types without events are listed with 0.
    public internal(set) var countsByType: [Count] = []
    /// Malformed lines by what is wrong with them.
    public internal(set) var malformedByKind: [Count] = []

    public var lines: Int { events + duplicates + malformed }

    public init() {}

    /// What two simulators have made together.
    public static func + (one: SimulationTally, other: SimulationTally) -> SimulationTally {
        var sum = one
        sum.events += other.events
        sum.duplicates += other.duplicates
        sum.malformed += other.malformed
        sum.late += other.late
        sum.botEvents += other.botEvents
        sum.sessions += other.sessions
        sum.firstEventTime = [one.firstEventTime, other.firstEventTime].compactMap { $0 }.min()
        sum.lastEventTime = [one.lastEventTime, other.lastEventTime].compactMap { $0 }.max()
        sum.countsByType = together(one.countsByType, other.countsByType)
        sum.malformedByKind = together(one.malformedByKind, other.malformedByKind)
        return sum
    }

    private static func together(_ some: [Count], _ others: [Count]) -> [Count] {
        var sum = some
        for count in others {
            if let index = sum.firstIndex(where: { $0.name == count.name }) {
                sum[index].count += count.count
            } else {
                sum.append(count)
            }
        }
        return sum
    }
}
