import Glibc

/// Things per second of a total that grows in bursts, smoothed over about three seconds.
struct RateMeter: Sendable {
    private static let timeConstantMilliseconds = 3000.0

    private(set) var perSecond = 0.0
    private var last: (total: Int64, milliseconds: Int64)?
    private var isSettled = false

    init() {}

    /// Takes the total at a time, in milliseconds of any clock that never goes back.
    mutating func take(_ total: Int64, at milliseconds: Int64) {
        guard let last else {
            last = (total, milliseconds)
            return
        }
        let passed = Double(milliseconds - last.milliseconds)
        guard passed > 0 else { return }
        self.last = (total, milliseconds)
        let now = Double(total - last.total) * 1000 / passed
        // The first rate that is seen counts as it is: climbing to it slowly would be a lie.
        let weight = isSettled ? 1 - exp(-passed / Self.timeConstantMilliseconds) : 1
        if now > 0 { isSettled = true }
        perSecond += weight * (now - perSecond)
        if perSecond < 0.01 { perSecond = 0 }
    }
}
