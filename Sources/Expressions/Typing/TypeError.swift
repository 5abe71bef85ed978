import Diagnostics

/// Why an expression has no type: the operands do not fit the operator or the function.
///
/// Carries no position: whoever knows the syntax hands it to `diagnostic(at:)`.
public struct TypeError: Error, Hashable, Sendable {
    public let code: DiagnosticCode
    /// What is wrong, such as `cannot compare STRING with BIGINT`.
    public let message: String
    /// What would have been right; empty when there is nothing to say.
    public let expected: String
    /// What was there instead; empty when the message says it.
    public let found: String
    /// What to do next.
    public let hint: String?

    public init(
        _ code: DiagnosticCode, _ message: String, expected: String = "",
        found: String = "", hint: String? = nil
    ) {
        self.code = code
        self.message = message
        self.expected = expected
        self.found = found
        self.hint = hint
    }

    /// The most common kind: types that do not fit.
    public init(_ message: String, expected: String = "", found: String = "", hint: String? = nil) {
        self.init(.typeMismatch, message, expected: expected, found: found, hint: hint)
    }

    public func diagnostic(at location: SourceLocation?) -> Diagnostic {
        Diagnostic(
            code, message, at: location, expected: expected.isEmpty ? nil : expected, hint: hint)
    }
}
