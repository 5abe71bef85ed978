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

    init(_ arguments: ParsedArguments, _ profile: ShopProfile) throws(Diagnostic) {
        // What the profile's pipeline groups by first.
        key = try arguments.choice("--key", as: Key.self) ?? (profile == .medallion ? .user : .session)
        partitions = try arguments.integer("--partitions", in: 1...10_000) ?? 4
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
