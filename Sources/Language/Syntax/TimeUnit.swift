/// A unit of time as windows, grace periods and time functions name it.
public enum TimeUnit: String, Hashable, Sendable, CaseIterable {
    case milliseconds = "MILLISECONDS"
    case seconds = "SECONDS"
    case minutes = "MINUTES"
    case hours = "HOURS"
    case days = "DAYS"

    /// Reads a unit in singular or plural, case ignored.
    public init?(word: String) {
        let word = word.uppercased()
        guard let unit = Self(rawValue: word) ?? Self(rawValue: word + "S") else { return nil }
        self = unit
    }

    public var milliseconds: Int64 {
        switch self {
        case .milliseconds: 1
        case .seconds: 1_000
        case .minutes: 60_000
        case .hours: 3_600_000
        case .days: 86_400_000
        }
    }
}
