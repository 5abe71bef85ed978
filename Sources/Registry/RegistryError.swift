import Diagnostics

/// Why a registry does not do what it is asked, told so that a client's protocol can name it.
public enum RegistryError: Error, Sendable {
    case subjectNotFound(String)
    case versionNotFound(String, Int)
    case schemaNotFound
    /// All versions are deleted softly already.
    case subjectDeletedSoftly(String)
    /// A subject goes for good only when it is deleted softly.
    case subjectNotDeleted(String)
    case versionDeletedSoftly(String, Int)
    case versionNotDeleted(String, Int)
    /// Other schemas, by their ids, refer to the version.
    case referenced(String, Int, by: [Int32])
    case incompatible(String, CompatibilityLevel, [Incompatibility])
    case invalidSchema(Diagnostic)
    /// By the mode, or because of an id that stands for another schema.
    case notPermitted(String)
    case storage(Diagnostic)

    /// For a person who wrote a statement.
    public var diagnostic: Diagnostic {
        switch self {
        case .subjectNotFound(let subject): return Diagnostic(.notFound, "there is no subject '\(subject)'")
        case .versionNotFound(let subject, let version):
            return Diagnostic(.notFound, "the subject '\(subject)' has no version \(version)")
        case .schemaNotFound: return Diagnostic(.notFound, "the registry does not have the schema")
        case .subjectDeletedSoftly(let subject):
            return Diagnostic(.notFound, "the subject '\(subject)' is deleted softly already")
        case .subjectNotDeleted(let subject):
            return Diagnostic(
                .invalidStatement, "the subject '\(subject)' is not deleted softly yet",
                hint: "delete it softly first")
        case .versionDeletedSoftly(let subject, let version):
            return Diagnostic(
                .notFound, "version \(version) of '\(subject)' is deleted softly already")
        case .versionNotDeleted(let subject, let version):
            return Diagnostic(
                .invalidStatement, "version \(version) of '\(subject)' is not deleted softly yet",
                hint: "delete it softly first")
        case .referenced(let subject, let version, let ids):
            let list = ids.map(String.init).joined(separator: ", ")
            return Diagnostic(
                .conflict, "version \(version) of '\(subject)' is used by the schemas \(list)",
                hint: "delete those first")
        case .incompatible(let subject, let level, let reasons):
            let list = reasons.prefix(5).map(\.description).joined(separator: "; ")
            let more = reasons.count > 5 ? "; and \(reasons.count - 5) more" : ""
            return Diagnostic(
                .conflict,
                "the schema is not compatible with those of the subject '\(subject)' (\(level.rawValue)): "
                    + list + more,
                hint: "give fields that come or go a default, or register under another subject")
        case .invalidSchema(let reason), .storage(let reason): return reason
        case .notPermitted(let reason): return Diagnostic(.conflict, reason)
        }
    }
}
