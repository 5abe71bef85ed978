import Diagnostics
import Formats

/// Everything that a registry holds, as its changes have made it.
struct RegistryContents {
    private(set) var schemas: [Int32: RegisteredSchema] = [:]
    /// Ids by the schemas' identity.
    private(set) var ids: [String: Int32] = [:]
    private(set) var versions: [String: [SubjectVersion]] = [:]
    /// The highest version that a subject ever had.
    private var lastVersions: [String: Int] = [:]
    private(set) var levels: [String: CompatibilityLevel] = [:]
    private(set) var level = CompatibilityLevel.backward
    private var lastID: Int32 = 0

    var nextID: Int32 { lastID &+ 1 }

    func nextVersion(_ subject: String) -> Int { (lastVersions[subject] ?? 0) + 1 }

    mutating func apply(_ change: RegistryChange) throws(Diagnostic) {
        switch change {
        case .schema(let id, let type, let text):
            schemas[id] = RegisteredSchema(id: id, content: try RegisteredSchema.parse(text, type))
            ids[RegisteredSchema.identity(text, type)] = id
            lastID = max(lastID, id)
        case .version(let version):
            var list = versions[version.subject] ?? []
            list.removeAll { $0.version == version.version }
            list.append(version)
            versions[version.subject] = list.sorted { $0.version < $1.version }
            lastVersions[version.subject] = max(lastVersions[version.subject] ?? 0, version.version)
        case .erased(let subject, let version):
            versions[subject]?.removeAll { $0.version == version }
            if versions[subject]?.isEmpty == true { versions[subject] = nil }
        case .level(let level, nil): self.level = level ?? .backward
        case .level(let level, let subject?): levels[subject] = level
        }
    }

    func live(_ subject: String) -> [SubjectVersion] {
        (versions[subject] ?? []).filter { !$0.isDeleted }
    }
}
