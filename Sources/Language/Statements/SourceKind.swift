/// What a CREATE makes.
public enum SourceKind: String, Hashable, Sendable {
    case stream = "STREAM"
    case table = "TABLE"
}
