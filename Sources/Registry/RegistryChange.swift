/// What a registry keeps of a change, in the order in which they were made.
public enum RegistryChange: Hashable, Sendable {
    /// A schema got an id.
    case schema(id: Int32, SchemaDefinition)
    /// A subject got a version, or it came back, or it was deleted softly.
    case version(SubjectVersion)
    /// A version is gone for good.
    case erased(subject: String, version: Int)
    /// The level of a subject; nil is the registry's. A nil level takes a subject's own away.
    case level(CompatibilityLevel?, subject: String?)
    /// The mode of a subject, by the same rule.
    case mode(RegistryMode?, subject: String?)
    /// Whether schemas of a subject are normalized unless a request says so, by the same rule.
    case normalizing(Bool?, subject: String?)
}
