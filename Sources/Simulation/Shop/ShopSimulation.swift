import Diagnostics

/// The simulated shop: visitors, their journeys and the faults on the way, as lines in arrival order.
///
/// A discrete-event simulation. Each line takes a slot of the ``ArrivalClock``. Into the slot goes, first
/// that applies: a malformed line (by chance), a repeat or a late event that is due, the next step of the
/// session that is due, or the first step of a new session. New sessions thus open just
/// as fast as the rate needs, from the first second on.
///
/// Deterministic: the configuration (seed, start, rate, faults, profile, format, number of lines)
/// fixes every byte. Event times follow arrival; late events arrive 1 s to 5 min after their event
/// time, repeats up to 60 s after the first, so with a watermark of 10 min nothing is dropped. At most
/// ``ArrivalQueue/capacity`` events are on the way at once; what is beyond arrives in time.
/// O(log sessions) per line. Sessions are bounded: above about 150,000 events/s shoppers hurry.
public struct ShopSimulation: Simulator {
    /// Where event time begins when nothing else is asked: 2026-01-05, a Monday, 08:00 UTC.
    public static let defaultStart: Int64 = 1_767_600_000_000

    static let sessionLimit = 1 << 20

    let profile: ShopProfile
    let format: LineFormat
    private let faults: ShopFaults
    private let journey: ShopJourney
    private let audience: Audience
    private var writer: ShopLineWriter
    private var random: RandomSource
    private var clock: ArrivalClock
    /// Lines still to make; without a plan, so many that they never end.
    private var linesLeft: Int

    private var sessions: [ShopSession] = []
    private var freeSessions: [Int] = []
    private var timers = TimerHeap()
    private var heldBack = ArrivalQueue()
    private var repeats = ArrivalQueue()
    private var latest: ShopEvent?
    private var counters = ShopCounters()

    /// - Throws: a `Diagnostic` when the configuration is not valid.
    public init(configuration: SimulationConfiguration) throws(Diagnostic) {
        try configuration.validate()
        profile = configuration.profile
        format = configuration.format ?? profile.usualFormat
        faults = ShopFaults(
            duplicates: configuration.duplicates, late: configuration.late, malformed: configuration.malformed
        )
        journey = ShopJourney(profile: profile)
        audience = Audience(eventsPerSecond: configuration.eventsPerSecond)
        writer = ShopLineWriter(profile: profile, format: format, products: journey.catalogue.products)
        random = RandomSource(seed: configuration.seed)
        let start = configuration.startMilliseconds ?? Self.defaultStart
        clock = ArrivalClock(
            start: start, eventsPerSecond: configuration.eventsPerSecond, followsDay: !configuration.isPaced,
            random: &random)
        linesLeft = configuration.plannedLines ?? .max
        openBots(configuration.bots, start: start)
    }

    public var fileHeader: [UInt8] { writer.header }
    public var nextArrival: Int64? { linesLeft > 0 ? clock.next : nil }
    public var tally: SimulationTally { counters.tally(profile: profile, format: format) }

    public mutating func append(
        upTo limit: Int, arrivingBefore deadline: Int64, to buffer: inout LineBuffer
    ) -> Int {
        var lines = 0
        while lines < limit, linesLeft > 0, clock.next < deadline {
            appendLine(arriving: clock.next, to: &buffer)
            lines += 1
            linesLeft -= 1
            clock.advance(&random)
        }
        return lines
    }

    public mutating func skip(milliseconds: Int64) {
        guard milliseconds > 0 else { return }
        clock.skip(milliseconds)
        timers.shift(by: milliseconds)
        // What is on the way would now arrive beyond the lateness that is promised.
        heldBack.removeAll()
        repeats.removeAll()
    }

    private mutating func appendLine(arriving now: Int64, to buffer: inout LineBuffer) {
        // Near the planned end, what is on the way must arrive before the lines are used up.
        let mustDrain = onTheWay >= linesLeft
        if faults.malformedChance > 0, !mustDrain, let event = latest, random.chance(faults.malformedChance) {
            appendMalformed(event, to: &buffer)
            return
        }
        let due = mustDrain ? Int64.max : now
        if onTheWay > 0 {
            if repeats.firstDue <= min(due, heldBack.firstDue), let event = repeats.popFirst() {
                counters.countDuplicate()
                writer.append(event, to: &buffer)
                return
            }
            if heldBack.firstDue <= due, let event = heldBack.popFirst() {
                write(event, arriving: now, to: &buffer)
                return
            }
        }
        while true {
            let event = nextEvent(at: now)
            let isLate = faults.lateChance > 0 && random.chance(faults.lateChance)
            guard isLate, !heldBack.isFull, onTheWay + 1 < linesLeft else {
                latest = event
                write(event, arriving: now, to: &buffer)
                return
            }
            heldBack.insert(event, due: now &+ faults.drawLateness(&random))
        }
    }

    private var onTheWay: Int { heldBack.count + repeats.count }

    /// Writes a broken line. It is one more line, so that no journey of the valid events has a hole.
    private mutating func appendMalformed(_ model: ShopEvent, to buffer: inout LineBuffer) {
        var event = model
        event.identify(random.next(), random.next())
        let kinds = Malformation.all(in: format)
        let fault = kinds[random.below(kinds.count)]
        counters.countMalformed(fault)
        writer.append(event, broken: fault, &random, to: &buffer)
    }

    /// Writes a valid event for the first time and plans its repeats.
    private mutating func write(_ event: ShopEvent, arriving now: Int64, to buffer: inout LineBuffer) {
        counters.countEvent(event)
        writer.append(event, to: &buffer)
        guard faults.repeatsPerEvent > 0 else { return }
        var expected = faults.repeatsPerEvent
        while expected > 0, random.chance(expected), !repeats.isFull, onTheWay + 1 < linesLeft {
            repeats.insert(event, due: now &+ faults.drawRepeatDelay(&random))
            expected -= 1
        }
    }

    /// The next step of the session that is due, or the first of a new one.
    private mutating func nextEvent(at now: Int64) -> ShopEvent {
        var event = ShopEvent()
        event.time = now
        event.identify(random.next(), random.next())
        if let first = timers.first, first.time <= now || timers.count >= Self.sessionLimit {
            if let wait = journey.step(&sessions[first.slot], &event, &random) {
                timers.postponeFirst(to: now &+ wait)
            } else if event.visitor.isBot {
                // A bot rests and comes back.
                timers.postponeFirst(to: now &+ random.within(45_000...240_000))
                sessions[first.slot] = journey.openBot(visitor: event.visitor, &random)
                counters.sessions += 1
            } else {
                timers.removeFirst()
                freeSessions.append(first.slot)
            }
        } else {
            var session = journey.open(visitor: audience.drawShopper(&random), &random)
            counters.sessions += 1
            if let wait = journey.step(&session, &event, &random) {
                keep(session, until: now &+ wait)
            }
        }
        return event
    }

    private mutating func keep(_ session: ShopSession, until time: Int64) {
        if let slot = freeSessions.popLast() {
            sessions[slot] = session
            timers.insert(slot: slot, at: time)
        } else {
            timers.insert(slot: sessions.count, at: time)
            sessions.append(session)
        }
    }

    private mutating func openBots(_ count: Int, start: Int64) {
        for number in 0..<count {
            let bot = audience.bot(number: number + 1)
            keep(journey.openBot(visitor: bot, &random), until: start &+ random.within(0...3000))
            counters.sessions += 1
        }
    }
}
