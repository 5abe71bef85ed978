import Diagnostics
import Language

/// The properties of a CREATE CONNECTOR or WITH clause, read once and with their places.
///
/// A reader asks for each property that it knows; what is left over at the end is an error with a suggestion.
public struct ConnectorProperties: Sendable {
    private let properties: [Property]
    let statement: Statement
    /// For messages: `the delta connector REVENUE_LAKE`.
    public let owner: String

    public init(_ properties: [Property], of statement: Statement, owner: String) {
        self.properties = properties
        self.statement = statement
        self.owner = owner
    }

    private func property(_ name: String) -> Property? {
        properties.last { $0.name.lowercased() == name }
    }

    /// The property's text, or nil when it is not given (or NULL).
    public func text(_ name: String) -> String? { property(name)?.value.text }

    public func required(_ name: String, example: String) throws(Diagnostic) -> String {
        if let text = text(name), !text.isEmpty { return text }
        throw Diagnostic(
            .missingProperty, "\(owner) needs the property '\(name)'",
            at: statement.location(of: statement.span), hint: "add '\(name)' = '\(example)'")
    }

    public func boolean(_ name: String, default standard: Bool) throws(Diagnostic) -> Bool {
        guard let text = text(name) else { return standard }
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default: throw invalid(name, text, expected: "true or false")
        }
    }

    public func integer(_ name: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw invalid(
                name, text, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A length of time in milliseconds: `'10 minutes'`, `'500ms'`, `'1 day'`; bare numbers are seconds.
    public func duration(_ name: String) throws(Diagnostic) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let duration = DurationText.parse(text) else {
            throw invalid(name, text, expected: "a length of time such as '10 minutes' or '500ms'")
        }
        return duration.wholeMilliseconds
    }

    /// A length of time above 0, in milliseconds.
    public func positiveDuration(_ name: String, otherwise: String) throws(Diagnostic) -> Int64? {
        guard let duration = try duration(name) else { return nil }
        if duration > 0 { return duration }
        throw Diagnostic(
            .invalidValue, "'\(name)' is not above 0", at: location(of: name),
            expected: "a length of time such as '30 seconds'", hint: "remove it, and \(otherwise)")
    }

    /// One of a few words, compared with case ignored; the word as `words` has it.
    public func word(_ name: String, of words: [String]) throws(Diagnostic) -> String? {
        guard let text = text(name) else { return nil }
        if let word = words.first(where: { $0.lowercased() == text.lowercased() }) { return word }
        let suggestion = NearestName.suggestion(for: text, among: words)
        throw invalid(
            name, text, expected: "one of " + words.map { "'\($0)'" }.joined(separator: ", "),
            hint: suggestion.map { "did you mean '\($0)'?" })
    }

    /// Refuses properties whose names are not among `known` and do not begin with one of `prefixes`.
    public func refuseUnknown(known: [String], prefixes: [String] = []) throws(Diagnostic) {
        for property in properties where !known.contains(property.name.lowercased()) {
            let name = property.name.lowercased()
            if prefixes.contains(where: { name.hasPrefix($0) }) { continue }
            let suggestion = NearestName.suggestion(for: name, among: known)
            throw Diagnostic(
                .unknownProperty, "\(owner) has no property '\(name)'",
                at: statement.location(of: property.nameSpan),
                expected: suggestion == nil ? "one of " + known.sorted().joined(separator: ", ") : nil,
                hint: suggestion.map { "did you mean '\($0)'?" } ?? "remove it")
        }
    }

    /// All names that are given, in lower case.
    public var names: [String] { properties.map { $0.name.lowercased() } }

    /// An error that points at the property's value.
    public func invalid(
        _ name: String, _ value: String, expected: String, hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(
            .invalidValue, "'\(value)' is no value for the property '\(name)' of \(owner)",
            at: location(of: name), expected: expected, hint: hint)
    }

    /// Where the property's name stands, or the statement.
    public func nameLocation(of name: String) -> SourceLocation? {
        statement.location(of: property(name)?.nameSpan ?? statement.span)
    }

    /// The properties as they were given, in order.
    public var given: [(name: String, value: String)] {
        properties.compactMap { property in property.value.text.map { (property.name, $0) } }
    }

    /// Where the property's value stands, or the statement.
    public func location(of name: String) -> SourceLocation? {
        statement.location(of: property(name)?.valueSpan ?? statement.span)
    }
}
