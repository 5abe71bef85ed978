/// What may be done to a subject.
public enum RegistryMode: String, Hashable, Sendable, CaseIterable {
    case readWrite = "READWRITE"
    case readOnly = "READONLY"
    /// The registry's, whatever a subject's own mode says.
    case readOnlyOverride = "READONLY_OVERRIDE"
    /// Schemas come with the ids that they have elsewhere, and are compared with nothing.
    case importing = "IMPORT"
}
