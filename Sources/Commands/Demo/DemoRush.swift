import Simulation

/// Visitors who come all at once in the middle of a demo, so that there is something unusual to be found.
struct DemoRush: Sendable {
    /// From the shop's opening.
    let begins: Duration
    let lasts: Duration
    /// How many times the usual events they make, beside those.
    let factor: Double

    /// The shop of the rush; nil where the demo ends before it does.
    func shop(beside usual: SimulationConfiguration) -> SimulationConfiguration? {
        if let duration = usual.duration, duration < begins + lasts { return nil }
        var shop = usual
        shop.duration = lasts
        shop.rate = usual.eventsPerSecond * factor
        shop.seed = ~usual.seed
        (shop.duplicates, shop.late, shop.malformed, shop.bots) = (0, 0, 0, 0)
        return shop
    }
}
