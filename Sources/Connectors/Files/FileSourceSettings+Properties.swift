import Diagnostics

// The properties of `CREATE STREAM … WITH (connector = 'files', …)` that belong to the file source.
extension FileSourceSettings {
    /// Their names, in lower case.
    public static let propertyNames = [
        "path", "file.patterns", "poll.interval", "max.record.bytes", "after", "archive.path", "on_error",
    ]

    /// Understands the properties; `filePatterns` are those of the format, used where none are set.
    ///
    /// Names are in lower case. Throws at one that is not in `propertyNames`, and at values that mean
    /// nothing.
    public init(properties: [String: String], framing: Framing, filePatterns: [String]) throws(Diagnostic) {
        guard let path = properties["path"] else {
            throw Diagnostic(
                .missingProperty, "the file source lacks the property 'path'",
                expected: "a file, a directory or a pattern", hint: "add path = 'data/raw/events/*.json'")
        }
        self.init(path: path, filePatterns: filePatterns, framing: framing)
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            try set(name, value, properties)
        }
        if afterwards != .archive(properties["archive.path"] ?? ""), properties["archive.path"] != nil {
            throw Diagnostic(
                .invalidValue, "'archive.path' is set, but 'after' is not 'archive'",
                hint: "add after = 'archive', or remove 'archive.path'")
        }
    }

    private mutating func set(
        _ name: String, _ value: String, _ properties: [String: String]
    ) throws(Diagnostic) {
        switch name {
        case "path", "archive.path": break
        case "file.patterns":
            filePatterns = value.split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
            if filePatterns.isEmpty {
                throw Self.invalid(name, value, expected: "names with wildcards, as '*.json'")
            }
        case "poll.interval":
            guard let milliseconds = Self.milliseconds(value), milliseconds > 0 else {
                throw Self.invalid(name, value, expected: "a duration such as '500ms', '2s' or '1 minute'")
            }
            pollIntervalMilliseconds = milliseconds
        case "max.record.bytes":
            guard let bytes = Self.bytes(value), bytes > 0, bytes <= 1 << 30 else {
                throw Self.invalid(name, value, expected: "a size from '1' to '1GiB' such as '16MiB'")
            }
            longestRecordBytes = bytes
        case "after":
            switch value.lowercased() {
            case "keep": afterwards = .keep
            case "delete": afterwards = .delete
            case "archive":
                guard let directory = properties["archive.path"], !directory.isEmpty else {
                    throw Diagnostic(
                        .missingProperty, "after = 'archive' needs the property 'archive.path'",
                        expected: "a directory", hint: "add archive.path = 'data/archive'")
                }
                afterwards = .archive(directory)
            default: throw Self.invalid(name, value, expected: "'keep', 'archive' or 'delete'")
            }
        case "on_error":
            guard ["dead_letter", "keep", "fail"].contains(value.lowercased()) else {
                throw Self.invalid(name, value, expected: "'dead_letter', 'keep' or 'fail'")
            }
            failsOnError = value.lowercased() == "fail"
        default:
            let near = NearestName.suggestion(for: name, among: Self.propertyNames)
            throw Diagnostic(
                .unknownProperty, "the file source has no property '\(name)'",
                expected: Self.propertyNames.joined(separator: ", "),
                hint: near.map { "did you mean '\($0)'?" } ?? "remove it")
        }
    }

    private static func invalid(_ name: String, _ value: String, expected: String) -> Diagnostic {
        Diagnostic(.invalidValue, "'\(name)' cannot be '\(value)'", expected: expected, hint: "correct it")
    }

    private static func milliseconds(_ text: String) -> Int? {
        guard let (number, unit) = numberAndUnit(text) else { return nil }
        let factor: Int
        switch unit {
        case "ms", "millisecond", "milliseconds": factor = 1
        case "", "s", "second", "seconds": factor = 1000
        case "m", "min", "minute", "minutes": factor = 60_000
        case "h", "hour", "hours": factor = 3_600_000
        default: return nil
        }
        let (product, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows ? nil : product
    }

    private static func bytes(_ text: String) -> Int? {
        guard let (number, unit) = numberAndUnit(text) else { return nil }
        let factor: Int
        switch unit {
        case "", "b": factor = 1
        case "k", "kb", "kib": factor = 1 << 10
        case "m", "mb", "mib": factor = 1 << 20
        case "g", "gb", "gib": factor = 1 << 30
        default: return nil
        }
        let (product, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows ? nil : product
    }

    private static func numberAndUnit(_ text: String) -> (Int, String)? {
        let trimmed = text[...].trimmed
        let digits = trimmed.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        return (number, trimmed.dropFirst(digits.count).trimmed.lowercased())
    }
}

extension Substring {
    /// Without blanks at both ends.
    fileprivate var trimmed: Substring {
        var rest = self
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
