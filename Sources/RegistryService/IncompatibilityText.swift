import Registry

/// How the interface tells why two schemas do not go together.
enum IncompatibilityText {
    static func of(_ reason: Incompatibility) -> String {
        let difference = reason.difference
        let (reader, writer) =
            reason.reader == .new ? ("new", "old") : ("old", "new")
        return "{errorType:'\(difference.kind.rawValue)', description:'the \(reader) schema can't read what "
            + "the \(writer) one wrote, at path \(difference.path): \(difference.message)', "
            + "oldSchemaVersion: \(reason.version)}"
    }
}
