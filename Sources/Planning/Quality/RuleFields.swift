import Diagnostics
import Formats
import Language

/// The fields of one object of a rules file, read once and with their places.
///
/// A reader asks for the fields that it knows; what is left over is an error with a suggestion.
struct RuleFields {
    /// For messages: `the rule 'prices'`.
    var owner: String
    let document: SourceText
    private let members: [LocatedJSON.Member]
    private let range: Range<Int>

    init(_ value: LocatedJSON, owner: String, in document: SourceText) throws(Diagnostic) {
        self.owner = owner
        self.document = document
        range = value.range
        guard case .object(let members) = value.content else {
            throw Diagnostic(
                .invalidValue, "\(owner) is \(value.kind)",
                at: document.location(of: SourceSpan(value.range)), expected: "an object: { … }")
        }
        self.members = members
        for (index, member) in members.enumerated()
        where members[..<index].contains(where: { $0.name == member.name }) {
            throw Diagnostic(
                .invalidStatement, "\(owner) has the field \"\(member.name)\" twice",
                at: document.location(of: SourceSpan(member.nameRange)), hint: "remove one")
        }
    }

    // MARK: Places

    /// Of the field's value, or of the whole object.
    func location(of name: String) -> SourceLocation? {
        let found = value(name)?.range ?? range.lowerBound..<min(range.upperBound, range.lowerBound + 1)
        return document.location(of: SourceSpan(found))
    }

    func invalid(_ name: String, _ value: LocatedJSON, expected: String, hint: String? = nil) -> Diagnostic {
        let bytes = Array(document.text.utf8)[value.range]
        let text = String(decoding: bytes.prefix(60), as: UTF8.self)
        return Diagnostic(
            .invalidValue, "\(text) is no value for \"\(name)\" of \(owner)",
            at: document.location(of: SourceSpan(value.range)), expected: expected, hint: hint)
    }

    func missing(_ name: String, example: String) -> Diagnostic {
        Diagnostic(
            .missingProperty, "\(owner) has no field \"\(name)\"", at: location(of: name),
            hint: "add \"\(name)\": \(example)")
    }

    /// Refuses fields whose names are not among `known`.
    func refuseUnknown(known: [String]) throws(Diagnostic) {
        for member in members where !known.contains(member.name) {
            let suggestion = NearestName.suggestion(for: member.name, among: known)
            throw Diagnostic(
                .unknownProperty, "\(owner) has no use for the field \"\(member.name)\"",
                at: document.location(of: SourceSpan(member.nameRange)),
                expected: suggestion == nil ? "one of " + known.joined(separator: ", ") : nil,
                hint: suggestion.map { "did you mean \"\($0)\"?" } ?? "remove it")
        }
    }

    // MARK: Values

    func value(_ name: String) -> LocatedJSON? { members.last { $0.name == name }?.value }

    func text(_ name: String) throws(Diagnostic) -> EmbeddedText? {
        guard let value = value(name) else { return nil }
        return try text(value, of: name)
    }

    func required(_ name: String, example: String) throws(Diagnostic) -> EmbeddedText {
        guard let text = try text(name) else { throw missing(name, example: example) }
        return text
    }

    private func text(_ value: LocatedJSON, of name: String) throws(Diagnostic) -> EmbeddedText {
        guard case .string(let text) = value.content else {
            throw invalid(name, value, expected: "a text in double quotes")
        }
        return EmbeddedText(text, in: document, at: SourceSpan(value.range))
    }

    /// One text or a list of them; nil when the field is not there.
    func texts(_ name: String) throws(Diagnostic) -> [EmbeddedText]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value.content else { return [try text(value, of: name)] }
        var texts: [EmbeddedText] = []
        for element in elements { texts.append(try text(element, of: name)) }
        return texts
    }

    /// One of a few words.
    func word(_ text: EmbeddedText, of words: [String], what: String) throws(Diagnostic) -> String {
        if words.contains(text.text) { return text.text }
        let suggestion = NearestName.suggestion(for: text.text, among: words)
        throw Diagnostic(
            .invalidValue, "\(owner): there is no \(what) '\(text.text)'", at: text.location,
            expected: "one of " + words.joined(separator: ", "),
            hint: suggestion.map { "did you mean '\($0)'?" })
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(Diagnostic) -> Int64? {
        guard let value = value(name) else { return nil }
        guard case .number(let text) = value.content, let number = Int64(text), range.contains(number) else {
            throw invalid(
                name, value, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A number above 0.
    func number(_ name: String) throws(Diagnostic) -> Double? {
        guard let value = value(name) else { return nil }
        guard case .number(let text) = value.content, let number = Double(text), number > 0,
            number.isFinite
        else { throw invalid(name, value, expected: "a number above 0") }
        return number
    }

    /// A length of time in milliseconds, such as `"10 minutes"`; a bare number is seconds.
    func duration(_ name: String, least: Int64 = 1) throws(Diagnostic) -> Int64? {
        guard let value = value(name) else { return nil }
        let text: String?
        switch value.content {
        case .string(let string): text = string
        case .number(let number): text = number
        default: text = nil
        }
        guard let text, let duration = DurationText.parse(text), duration.wholeMilliseconds >= least else {
            throw invalid(name, value, expected: "a length of time such as \"10 minutes\" or \"500ms\"")
        }
        return duration.wholeMilliseconds
    }

    /// A number of rows, or a share of them: `0`, `10`, `0.01`, `"1%"`.
    func bound(_ name: String) throws(Diagnostic) -> RuleLimits.Bound? {
        guard let value = value(name) else { return nil }
        switch value.content {
        case .number(let text):
            if let rows = Int64(text), rows >= 0 { return .rows(rows) }
            if let share = Double(text), share >= 0, share < 1 { return .share(share) }
        case .string(let text):
            if text.hasSuffix("%"), let percent = Double(text.dropLast().filter { $0 != " " }),
                percent >= 0, percent <= 100
            {
                return .share(percent / 100)
            }
        default: break
        }
        throw invalid(
            name, value, expected: "a number of rows such as 10, or a share such as 0.01 or \"1%\"")
    }
}

extension SourceSpan {
    init(_ range: Range<Int>) { self.init(offset: range.lowerBound, length: range.count) }
}
