/// What SET has set so far.
///
/// Names that nothing reads are kept and do nothing: scripts for ksqlDB set many that have no meaning here.
public struct Settings: Hashable, Sendable {
    private var values: [String: String] = [:]

    public init() {}

    public subscript(name: SettingName) -> String? {
        values[name.rawValue] ?? values[Self.streamsPrefix + name.rawValue]
    }

    /// Before names of Kafka Streams, which ksqlDB takes with it and without.
    private static let streamsPrefix = "ksql.streams."

    /// All, by their names in lower case.
    public var all: [String: String] { values }

    /// The value of a name that ksqlDB has, in lower case.
    func text(_ name: String) -> String? { values[name]?.lowercased() }

    /// What is set under names with this beginning, which is left out.
    public func all(startingWith prefix: String) -> [String: String] {
        var found: [String: String] = [:]
        for (name, value) in values where name.hasPrefix(prefix) {
            found[String(name.dropFirst(prefix.count))] = value
        }
        return found
    }

    public mutating func set(_ name: String, to value: String) { values[name.lowercased()] = value }

    public mutating func unset(_ name: String) { values[name.lowercased()] = nil }
}
