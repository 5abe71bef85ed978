import Diagnostics

/// A file's header line does not have the columns that are wanted.
public struct HeaderError: Error, Hashable, Sendable {
    /// The first wanted column that is not there; nil when the line itself is malformed.
    public let missing: String?
    /// The names of the header, as far as it could be read.
    public let header: [String]
    /// The name in the header that was probably meant.
    public let nearest: String?
    /// A sentence for people: what is missing and what was found.
    public let message: String

    init(missing: String, header: [String]) {
        self.missing = missing
        self.header = header
        nearest = NearestName.suggestion(for: missing, among: header)
        let found = header.map { "\"\($0)\"" }.joined(separator: ", ")
        message = "the header has no column \(missing); it has \(found)"
    }

    init(malformed reason: String) {
        missing = nil
        header = []
        nearest = nil
        message = "the header line is malformed: \(reason)"
    }

    /// For a person: with the nearest name as what to do next.
    public var diagnostic: Diagnostic {
        Diagnostic(
            missing == nil ? .malformedData : .schemaMismatch, message,
            expected: missing.map { "a column named \($0), in any case" },
            hint: nearest.map { "rename the column to \($0) in the statement, or mend the header" }
                ?? "take the column out of the statement, or mend the header")
    }

    /// For the records of such a file.
    public var reason: DecodeError { DecodeError(.header, message) }
}
