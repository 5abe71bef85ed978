import Diagnostics

// The properties of `CREATE STREAM … WITH (connector = 'files', …)` that the source itself understands.
extension FileSourceSettings {
    /// Takes over the properties, by lower-case name; those that belong to others are passed over.
    ///
    /// - Parameter owner: whose properties they are, for messages.
    /// - Throws: a diagnostic for a value that means nothing.
    mutating func read(_ properties: [String: String], of owner: String) throws(Diagnostic) {
        func invalid(_ name: String, _ text: String, _ expected: String) -> Diagnostic {
            Diagnostic(
                .invalidValue, "'\(text)' is no value for the property '\(name)' of \(owner)",
                expected: expected, hint: "correct it")
        }
        if let text = properties["poll_interval"] {
            guard let interval = DurationText.parse(text), interval > .zero else {
                throw invalid("poll_interval", text, "a length of time such as '10 seconds'")
            }
            pollIntervalMilliseconds = Int(interval.wholeMilliseconds)
        }
        if let text = properties["max.record.bytes"] {
            guard let bytes = ByteSizeText.parse(text), bytes > 0, bytes <= 1 << 30 else {
                throw invalid("max.record.bytes", text, "a size from '1' to '1GiB' such as '16MiB'")
            }
            longestRecordBytes = bytes
        }
        let directory = properties["archive.path"]
        switch properties["after"]?.lowercased() {
        case nil, "keep": break
        case "delete": afterwards = .delete
        case "archive":
            guard let directory, !directory.isEmpty else {
                throw Diagnostic(
                    .missingProperty, "\(owner) archives its files and does not say where",
                    expected: "a directory", hint: "add archive.path = 'data/archive'")
            }
            afterwards = .archive(directory)
        case let text?: throw invalid("after", text, "'keep', 'archive' or 'delete'")
        }
        // Who says both may set one of them by a variable.
        if directory != nil, properties["after"] == nil {
            throw Diagnostic(
                .invalidValue, "\(owner) has 'archive.path', but 'after' is not 'archive'",
                hint: "add after = 'archive', or remove 'archive.path'")
        }
    }
}
