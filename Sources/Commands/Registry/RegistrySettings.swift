import Diagnostics
import Glibc
import Registry
import RegistryClient

/// Where a registry of schemas is, by settings and by the environment: `MILLRACE_SCHEMA_REGISTRY_URL` stands
/// for `schema.registry.url`, and so on.
enum RegistrySettings {
    static let urlName = "schema.registry.url"

    /// The registry that settings name, the environment standing in for what they leave out; nil where
    /// neither names one.
    static func open(
        _ settings: [String: String], environment: (String) -> String? = variable
    ) throws(Diagnostic) -> (any SchemaDirectory)? {
        var all: [String: String] = [:]
        for name in RegistryConnection.names {
            let letters = name.uppercased().map { $0 == "." ? "_" : String($0) }
            if let value = environment("MILLRACE_" + letters.joined()), !value.isEmpty { all[name] = value }
        }
        for (name, value) in settings {
            if let plain = RegistryConnection.plainName(name) { all[plain] = value }
        }
        guard let connection = try RegistryConnection(all) else { return nil }
        return RemoteRegistry(connection)
    }

    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
