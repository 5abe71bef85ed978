/// The shop's counters on the way of every line; ``tally(profile:format:)`` makes the public form of them.
struct ShopCounters: Sendable {
    private(set) var lines = 0
    private var duplicates = 0
    private var late = 0
    private var botEvents = 0
    var sessions = 0
    private var earliest = Int64.max
    private var latest = Int64.min
    private var byKind = [Int](repeating: 0, count: ShopEventKind.allCases.count)
    private var byFault = [Int](repeating: 0, count: Malformation.allCases.count)

    @inline(__always)
    mutating func countEvent(_ event: ShopEvent) {
        lines &+= 1
        byKind[event.kind.index] &+= 1
        if event.visitor.isBot { botEvents &+= 1 }
        if event.time < latest { late &+= 1 } else { latest = event.time }
        if event.time < earliest { earliest = event.time }
    }

    mutating func countDuplicate() {
        lines &+= 1
        duplicates &+= 1
    }

    mutating func countMalformed(_ fault: Malformation) {
        lines &+= 1
        byFault[fault.index] &+= 1
    }

    func tally(profile: ShopProfile, format: LineFormat) -> SimulationTally {
        var tally = SimulationTally()
        tally.events = byKind.reduce(0, +)
        tally.duplicates = duplicates
        tally.malformed = byFault.reduce(0, +)
        tally.late = late
        tally.botEvents = botEvents
        tally.sessions = sessions
        if earliest <= latest {
            tally.firstEventTime = earliest
            tally.lastEventTime = latest
        }
        tally.countsByType = ShopEventKind.allCases.compactMap { kind in
            profile.name(of: kind).map { .init(name: $0, count: byKind[kind.index]) }
        }
        tally.malformedByKind = Malformation.all(in: format).map {
            .init(name: $0.rawValue, count: byFault[$0.index])
        }
        return tally
    }
}
