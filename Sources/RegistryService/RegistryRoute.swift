/// What a path names.
///
/// The server's paths come decoded, so a subject may have slashes in it: it is what stands between the words
/// that the interface has around it, the last ones that fit.
enum RegistryRoute: Equatable {
    case root
    case subjects
    case subject(String)
    case versions(String)
    case version(String, String)
    case versionSchema(String, String)
    case referencedBy(String, String)
    case schemas
    case schemaTypes
    case schema(String)
    case schemaText(String)
    case schemaSubjects(String)
    case schemaVersions(String)
    /// nil is the registry's.
    case config(String?)
    case mode(String?)
    case compatibility(String, version: String?)
    case contexts
    case metadataID
    case metadataVersion

    init?(_ path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        if parts.last == "" { parts.removeLast() }
        let rest = Array(parts.dropFirst())
        switch parts.first {
        case nil: self = .root
        case "subjects": self = rest.isEmpty ? .subjects : Self.ofSubject(rest)
        case "schemas":
            guard let route = Self.ofSchemas(rest) else { return nil }
            self = route
        case "config": self = .config(Self.name(rest))
        case "mode": self = .mode(Self.name(rest))
        case "compatibility":
            guard let route = Self.ofCompatibility(rest) else { return nil }
            self = route
        case "contexts" where rest.isEmpty: self = .contexts
        case "v1" where rest == ["metadata", "id"]: self = .metadataID
        case "v1" where rest == ["metadata", "version"]: self = .metadataVersion
        default: return nil
        }
    }

    private static func name(_ parts: [String]) -> String? {
        parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    private static func ofSubject(_ parts: [String]) -> RegistryRoute {
        /// The subject before `versions`, where that stands so many places from the end.
        func subject(_ back: Int) -> String? {
            guard parts.count > back, parts[parts.count - back] == "versions" else { return nil }
            return parts[..<(parts.count - back)].joined(separator: "/")
        }
        let last = parts[parts.count - 1]
        if last == "schema", let name = subject(3) { return .versionSchema(name, parts[parts.count - 2]) }
        if last == "referencedby", let name = subject(3) {
            return .referencedBy(name, parts[parts.count - 2])
        }
        if let name = subject(2) { return .version(name, last) }
        if let name = subject(1) { return .versions(name) }
        return .subject(parts.joined(separator: "/"))
    }

    private static func ofSchemas(_ parts: [String]) -> RegistryRoute? {
        switch (parts.count, parts.first) {
        case (0, _): return .schemas
        case (1, "types"): return .schemaTypes
        case (2, "ids"): return .schema(parts[1])
        case (3, "ids"):
            switch parts[2] {
            case "schema": return .schemaText(parts[1])
            case "subjects": return .schemaSubjects(parts[1])
            case "versions": return .schemaVersions(parts[1])
            default: return nil
            }
        default: return nil
        }
    }

    private static func ofCompatibility(_ parts: [String]) -> RegistryRoute? {
        guard parts.first == "subjects" else { return nil }
        switch ofSubject(Array(parts.dropFirst()) + (parts.count == 1 ? [""] : [])) {
        case .versions(let subject): return .compatibility(subject, version: nil)
        case .version(let subject, let version): return .compatibility(subject, version: version)
        default: return nil
        }
    }
}
