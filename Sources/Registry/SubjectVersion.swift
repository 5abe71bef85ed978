/// One version of a subject: which schema it is.
public struct SubjectVersion: Hashable, Sendable {
    public let subject: String
    /// From 1, never used twice.
    public let version: Int
    public let schemaID: Int32
    /// Deleted softly: not listed any more, and its id still reads what was written with it.
    public var isDeleted: Bool

    public init(subject: String, version: Int, schemaID: Int32, isDeleted: Bool = false) {
        self.subject = subject
        self.version = version
        self.schemaID = schemaID
        self.isDeleted = isDeleted
    }
}
