/// The virtual clock: when the next line arrives.
///
/// Time is cut into slots of one line each, 1/rate long (with the day curve: 1/(rate · factor)), and the
/// line arrives somewhere in its slot. So the rate is kept exactly over any stretch, yet the
/// milliseconds look like life.
struct ArrivalClock: Sendable {
    private var origin: Int64
    private let eventsPerMillisecond: Double
    private let followsDay: Bool
    /// Start of the current slot, in milliseconds since `origin`.
    private var slot = 0.0
    private var slotLength: Double
    private var nextCurveUpdate = 0.0
    /// Arrival time of the next line in milliseconds since 1970.
    private(set) var next: Int64

    init(start: Int64, eventsPerSecond: Double, followsDay: Bool, random: inout RandomSource) {
        origin = start
        next = start
        eventsPerMillisecond = eventsPerSecond / 1000
        slotLength = 1 / eventsPerMillisecond
        self.followsDay = followsDay
        place(&random)
    }

    /// Moves on to the next slot.
    @inline(__always)
    mutating func advance(_ random: inout RandomSource) {
        slot += slotLength
        place(&random)
    }

    mutating func skip(_ milliseconds: Int64) {
        origin &+= milliseconds
        next &+= milliseconds
    }

    @inline(__always)
    private mutating func place(_ random: inout RandomSource) {
        if followsDay, slot >= nextCurveUpdate { followCurve() }
        next = origin &+ Int64(slot + random.unit() * slotLength)
    }

    @inline(never)
    private mutating func followCurve() {
        nextCurveUpdate = slot + 60_000
        slotLength = 1 / (eventsPerMillisecond * DayCurve.factor(at: origin &+ Int64(slot)))
    }
}
