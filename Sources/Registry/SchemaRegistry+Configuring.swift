import Diagnostics

// Levels, modes, and whether schemas are normalized.
extension SchemaRegistry {
    /// The level of a subject, or of all subjects that have none of their own.
    public func level(_ subject: String? = nil) -> CompatibilityLevel {
        contents.withLock { held in subject.flatMap { held.levels[$0] } ?? held.level }
    }

    /// The level that a subject has of its own.
    public func ownLevel(_ subject: String) -> CompatibilityLevel? {
        contents.withLock { $0.levels[subject] }
    }

    public func setLevel(_ level: CompatibilityLevel, subject: String? = nil) throws(Diagnostic) {
        try set(.level(level, subject: subject))
    }

    /// Takes a subject's own level away, or sets the registry's back to BACKWARD.
    public func clearLevel(subject: String? = nil) throws(Diagnostic) {
        try set(.level(nil, subject: subject))
    }

    /// Whether schemas are normalized where a request does not say; nil where nothing is set for the subject.
    public func normalizes(_ subject: String?) -> Bool? {
        contents.withLock { held in subject.map { held.normalizing[$0] } ?? held.normalizes }
    }

    /// nil takes what is set away.
    public func setNormalizing(_ normalizes: Bool?, subject: String? = nil) throws(Diagnostic) {
        try set(.normalizing(normalizes, subject: subject))
    }

    public func mode(_ subject: String? = nil) -> RegistryMode {
        contents.withLock { held in subject.map { Self.mode($0, held) } ?? held.mode }
    }

    /// The mode that a subject has of its own.
    public func ownMode(_ subject: String) -> RegistryMode? { contents.withLock { $0.modes[subject] } }

    /// Sets a mode; IMPORT only where no schema is yet, unless it is forced.
    public func setMode(
        _ mode: RegistryMode, subject: String? = nil, isForced: Bool = false
    ) throws(RegistryError) {
        try change { held throws(RegistryError) in
            let isUsed = subject.map { !held.live($0).isEmpty } ?? !held.versions.isEmpty
            if mode == .importing, isUsed, !isForced {
                throw .notPermitted("Cannot import since found existing subjects")
            }
            return Outcome(answer: (), changes: [.mode(mode, subject: subject)])
        }
    }

    /// Takes a subject's own mode away, or sets the registry's back to READWRITE.
    public func clearMode(subject: String? = nil) throws(Diagnostic) {
        try set(.mode(nil, subject: subject))
    }

    private func set(_ change: RegistryChange) throws(Diagnostic) {
        do throws(RegistryError) {
            try self.change { _ throws(RegistryError) in Outcome(answer: (), changes: [change]) }
        } catch { throw error.diagnostic }
    }
}
