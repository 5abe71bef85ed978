/// The one error that a person sees: what is wrong, where, what was expected and what to do next.
///
/// The command, the REST API and the dashboard print the same value: ``rendered()`` for a terminal,
/// ``oneLine`` for a log, ``json`` for programs. `message` begins in lower case and has no full stop;
/// `expected` completes "expected: …" and `hint` completes "next: …".
public struct Diagnostic: Error, Equatable, Sendable {
    public var code: DiagnosticCode
    public var message: String
    public var location: SourceLocation?
    public var expected: String?
    public var hint: String?

    public init(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation? = nil,
        expected: String? = nil, hint: String? = nil
    ) {
        self.code = code
        self.message = message
        self.location = location
        self.expected = expected
        self.hint = hint
    }
}

extension Diagnostic: CustomStringConvertible {
    public var description: String { oneLine }
}
