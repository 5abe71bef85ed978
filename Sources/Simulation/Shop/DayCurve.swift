/// How busy the shop is over the day in UTC: a factor around 1, quietest at 3, busiest at 20 o'clock.
struct DayCurve: Sendable {
    private static let hourly: [Double] = [
        0.45, 0.35, 0.31, 0.30, 0.35, 0.45, 0.60, 0.80, 1.00, 1.15, 1.20, 1.20, 1.25, 1.20, 1.15, 1.15, 1.20,
        1.30,
        1.45, 1.60, 1.70, 1.60, 1.20, 0.75,
    ]
    private static let mean = hourly.reduce(0, +) / 24

    /// The factor at a time in milliseconds since 1970; between the hours it runs straight.
    ///
    /// Its mean over a day is 1.
    static func factor(at milliseconds: Int64) -> Double {
        let dayLength: Int64 = 86_400_000
        let ofDay = ((milliseconds % dayLength) + dayLength) % dayLength
        let hour = Int(ofDay / 3_600_000)
        let share = Double(ofDay % 3_600_000) / 3_600_000
        return (hourly[hour] * (1 - share) + hourly[(hour + 1) % 24] * share) / mean
    }
}
