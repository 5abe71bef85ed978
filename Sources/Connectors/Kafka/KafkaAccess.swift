import Diagnostics
import Glibc
import Kafka
import Planning
import Storage

/// Where Kafka is and how it is spoken to, from all the places that may say so.
///
/// A property of a statement wins over a flag, that over the environment (`MILLRACE_BOOTSTRAP_SERVERS`,
/// `MILLRACE_KAFKA_SASL_PASSWORD` for `kafka.sasl.password` and so on), that over SET. Any text may be
/// `${env:NAME}`, `${file:PATH}` or `${file:PATH:KEY}`.
public struct KafkaAccess: Sendable {
    /// What a flag says.
    private let servers: String?
    private let environment: [String: String]
    private let settings: Settings
    private let fileSystem: any FileSystem

    /// Begins the names of librdkafka's properties.
    static let prefix = "kafka."
    private static let variable = "MILLRACE_BOOTSTRAP_SERVERS"
    private static let variablePrefix = "MILLRACE_KAFKA_"

    /// - Parameter servers: of a flag, `HOST:PORT`, several separated by commas.
    public init(
        servers: String? = nil, settings: Settings, fileSystem: any FileSystem = LocalFileSystem(),
        environment: [String: String] = KafkaAccess.processEnvironment
    ) {
        self.servers = servers
        self.settings = settings
        self.fileSystem = fileSystem
        self.environment = environment
    }

    /// The variables of the process that are about Kafka.
    public static var processEnvironment: [String: String] {
        var found: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == variable || parts[0].hasPrefix(variablePrefix) {
                found[String(parts[0])] = String(parts[1])
            }
            entry += 1
        }
        return found
    }

    /// The cluster of a relation or connector with these properties; nil where none is named.
    public func settings(for options: [String: String]) throws(Diagnostic) -> KafkaSettings? {
        let named =
            options[SettingName.bootstrapServers.rawValue] ?? servers ?? environment[Self.variable]
            ?? settings[.bootstrapServers]
        guard let named, !named.isEmpty else { return nil }
        var properties = settings.all(startingWith: Self.prefix)
        for (name, value) in environment where name.hasPrefix(Self.variablePrefix) {
            let words = name.dropFirst(Self.variablePrefix.count).lowercased().split(separator: "_")
            properties[words.joined(separator: ".")] = value
        }
        for (name, value) in options where name.hasPrefix(Self.prefix) {
            properties[String(name.dropFirst(Self.prefix.count))] = value
        }
        var found = KafkaSettings(servers: try resolve(named, SettingName.bootstrapServers.rawValue))
        for (name, value) in properties {
            found.properties[name] = try resolve(value, Self.prefix + name)
        }
        return found
    }

    private func resolve(_ text: String, _ name: String) throws(Diagnostic) -> String {
        try SecretText.resolve(text, in: fileSystem) { reason in
            Diagnostic(.invalidValue, "the property '\(name)' can't be read: \(reason)")
        }
    }

    /// The cluster, or what can be done so that there is one.
    func required(_ options: [String: String], for owner: String) throws(Diagnostic) -> KafkaSettings {
        if let found = try settings(for: options) { return found }
        throw Diagnostic(
            .missingProperty, "\(owner), and no Kafka cluster is named",
            hint: "say where it is: --bootstrap-servers HOST:PORT, \(Self.variable)=HOST:PORT, or "
                + "SET 'bootstrap.servers' = 'HOST:PORT'; or read files: connector = 'files'")
    }

    /// What is done where an offset is not there (any more), as SET or the relation says.
    func offsetReset(_ options: [String: String]) throws(Diagnostic) -> KafkaSourceSettings.Reset? {
        let name = SettingName.offsetReset.rawValue
        guard let text = options[name] ?? settings[.offsetReset] else { return nil }
        switch text.lowercased() {
        case "earliest", "smallest", "beginning": return .earliest
        case "latest", "largest", "end": return .latest
        case "none", "error": return .fail
        default:
            throw Diagnostic(
                .invalidValue, "'\(text)' is no value for '\(name)'",
                expected: "'earliest', 'latest' or 'none'")
        }
    }
}
