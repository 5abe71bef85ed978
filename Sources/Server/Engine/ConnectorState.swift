import Planning

/// What a connector is to be at, as the settings of a statement say: `connector.state`, which statements of
/// Kafka Connect's interface bring along.
public enum ConnectorState: String, Sendable {
    case running
    case paused
    /// Paused, in a word of its own.
    case stopped

    public static let setting = "connector.state"

    init?(_ settings: Settings) {
        guard let word = settings.all[Self.setting], let state = Self(rawValue: word) else { return nil }
        self = state
    }
}
