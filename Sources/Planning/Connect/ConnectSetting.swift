/// One setting that configurations of Kafka Connect's sinks may have.
public struct ConnectSetting: Sendable {
    /// As Kafka Connect's validation names it.
    public enum Kind: String, Sendable {
        case string = "STRING"
        case integer = "INT"
        case long = "LONG"
        case short = "SHORT"
        case boolean = "BOOLEAN"
        case list = "LIST"
        case password = "PASSWORD"
        case typeName = "CLASS"
    }

    /// As Kafka Connect ranks it.
    public enum Importance: String, Sendable {
        case high = "HIGH"
        case medium = "MEDIUM"
        case low = "LOW"
    }

    /// What validation lists it under.
    public enum Group: String, Sendable, CaseIterable {
        case common = "Common"
        case transforms = "Transforms"
        case predicates = "Predicates"
        case errors = "Error Handling"
        case connection = "Connection"
        case writes = "Writes"
        case mapping = "Data Mapping"
        case definition = "SQL/DDL Support"
        case retries = "Retries"
        case millrace = "Millrace"
    }

    public let name: String
    public let kind: Kind
    /// nil where there is none.
    public let standard: String?
    public let isRequired: Bool
    public let importance: Importance
    public let group: Group
    public let title: String
    /// What it does here.
    public let documentation: String
    /// What it may be; empty where that is open.
    public let values: [String]
    /// Whether it makes no difference here.
    public let isWithoutEffect: Bool

    /// One that a configuration has, and that is described nowhere.
    public static func undocumented(_ name: String) -> ConnectSetting {
        ConnectSetting(name, .millrace, .low, name, "")
    }

    init(
        _ name: String, _ group: Group, _ importance: Importance, _ title: String, _ documentation: String,
        kind: Kind = .string, standard: String? = nil, isRequired: Bool = false, values: [String] = [],
        isWithoutEffect: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.isRequired = isRequired
        self.importance = importance
        self.group = group
        self.title = title
        self.documentation = documentation
        self.values = values
        self.isWithoutEffect = isWithoutEffect
    }
}
