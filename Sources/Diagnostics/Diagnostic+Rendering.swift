extension Diagnostic {
    /// The diagnostic over several lines with the source line and a caret, without a last line end.
    ///
    /// ```
    /// error: column EVNT_ID does not exist in RAW_EVENTS
    ///   --> medallion.sql:12:8
    ///    |
    /// 12 | SELECT evnt_id FROM raw_events;
    ///    |        ^^^^^^^
    ///    = expected: one of EVENT_ID, EVENT_TYPE
    ///    = next: did you mean EVENT_ID?
    /// ```
    public func rendered() -> String {
        var lines = ["error: \(DisplayText.escaped(message))"]
        var margin = " "
        if let location {
            let number = String(location.line)
            margin = String(repeating: " ", count: number.count)
            lines.append("\(margin)--> \(DisplayText.escaped(location.description))")
            if let excerpt = SourceExcerpt(of: location) {
                lines.append("\(margin) |")
                lines.append("\(number) | \(excerpt.text)")
                lines.append("\(margin) | \(excerpt.marker)")
            }
        }
        if let expected { lines.append("\(margin) = expected: \(DisplayText.escaped(expected))") }
        if let hint { lines.append("\(margin) = next: \(DisplayText.escaped(hint))") }
        return lines.joined(separator: "\n")
    }

    /// The diagnostic in one line for logs: `file:line:column: message; expected: …; next: …`.
    public var oneLine: String {
        var line = location.map { "\($0): " } ?? ""
        line += message
        if let expected { line += "; expected: \(expected)" }
        if let hint { line += "; next: \(hint)" }
        return DisplayText.escaped(line)
    }

    /// The diagnostic as one compact JSON object; absent parts are left out.
    ///
    /// Keys: `code`, `message`, `file`, `line`, `column`, `offset`, `length`, `source`, `expected`, `hint`.
    public var json: String {
        var members = [
            "\"code\":\(JSONText.quoted(code.rawValue))", "\"message\":\(JSONText.quoted(message))",
        ]
        if let location {
            if let file = location.file { members.append("\"file\":\(JSONText.quoted(file))") }
            members.append("\"line\":\(location.line),\"column\":\(location.column)")
            members.append("\"offset\":\(location.offset),\"length\":\(location.length)")
            if let line = location.sourceLine { members.append("\"source\":\(JSONText.quoted(line))") }
        }
        if let expected { members.append("\"expected\":\(JSONText.quoted(expected))") }
        if let hint { members.append("\"hint\":\(JSONText.quoted(hint))") }
        return "{\(members.joined(separator: ","))}"
    }
}

extension Diagnostic {
    /// The diagnostic as the message of an answer to a program, which may show it as it is.
    ///
    /// ```
    /// line 1:8: column EVNT_ID does not exist in RAW_EVENTS
    /// SELECT evnt_id FROM raw_events;
    ///        ^^^^^^^
    /// expected: one of EVENT_ID, EVENT_TYPE
    /// next: did you mean EVENT_ID?
    /// ```
    public var answer: String {
        var lines = [(location.map { "line \($0.line):\($0.column): " } ?? "") + DisplayText.escaped(message)]
        if let excerpt = location.flatMap({ SourceExcerpt(of: $0) }) {
            lines += [excerpt.text, excerpt.marker]
        }
        if let expected { lines.append("expected: " + DisplayText.escaped(expected)) }
        if let hint { lines.append("next: " + DisplayText.escaped(hint)) }
        return lines.joined(separator: "\n")
    }
}
