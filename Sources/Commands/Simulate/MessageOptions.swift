import Diagnostics
import Simulation

/// How simulated lines become messages of a topic.
struct MessageOptions: Sendable {
    /// What of an event is its message's key.
    enum Key: String, CaseIterable, Sendable {
        case session
        case user
        case none

        /// The field of the event.
        var field: String? {
            switch self {
            case .session: "session_id"
            case .user: "user_id"
            case .none: nil
            }
        }
    }

    static let flags = ["--key", "--partitions", "--compression", "--acks", "--property"]

    let key: Key
    let partitions: Int
    /// Of librdkafka.
    let properties: [String: String]

    private static let usualPartitions = 4

    /// What holds for a profile where nobody says otherwise.
    init(for profile: ShopProfile) {
        key = Self.usualKey(profile)
        partitions = Self.usualPartitions
        properties = [:]
    }

    /// What the profile's pipeline groups by first.
    private static func usualKey(_ profile: ShopProfile) -> Key { profile == .medallion ? .user : .session }

    init(_ arguments: ParsedArguments, _ profile: ShopProfile) throws(Diagnostic) {
        key = try arguments.choice("--key", as: Key.self) ?? Self.usualKey(profile)
        partitions = try arguments.integer("--partitions", in: 1...10_000) ?? Self.usualPartitions
        var properties = try arguments.pairs("--property")
        properties["compression.type"] = arguments.text("--compression")
        properties["acks"] = arguments.text("--acks")
        self.properties = properties
    }

    /// How often messages are sent on while lines come in pace, milliseconds.
    private static let interval = Duration.milliseconds(100)

    /// Messages go out as they are made, not file by file.
    func adapt(_ configuration: inout SimulationConfiguration) throws(Diagnostic) {
        let format = configuration.format ?? configuration.profile.usualFormat
        guard format == .json else {
            throw Diagnostic(
                .usage, "messages are JSON, and \(format.rawValue) is asked for", expected: "--format json",
                hint: "write files of CSV with --to DIR")
        }
        if configuration.isPaced, configuration.every == nil {
            configuration.every = Self.interval...Self.interval
        }
    }
}
