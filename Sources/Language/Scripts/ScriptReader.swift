import Diagnostics

/// Reads the statements of a script one after the other, with variables put in.
///
/// A DEFINE holds for the statements after it. After an error the reader stands behind the bad
/// statement, so a caller may go on and collect more errors; `variables` may be changed between two
/// statements, for RUN SCRIPT or a session.
public struct ScriptReader: Sendable {
    public var variables: Variables
    public let source: SourceText

    private let bytes: [UInt8]
    private var position = 0
    /// Whether `${name}` is a text like any other.
    private var keepsReferences = false

    public init(_ text: String, file: String? = nil, variables: Variables = Variables()) {
        source = SourceText(text, file: file)
        bytes = Array(text.utf8)
        self.variables = variables
    }

    /// Reads statements in which variables have been put in already, such as those of a log.
    public init(finished text: String) {
        self.init(text)
        keepsReferences = true
    }

    /// `overrides` are the values of `-D name=value`, which win over a DEFINE.
    public init(_ text: String, file: String? = nil, overrides: [String: String]) {
        self.init(text, file: file, variables: Variables(overrides: overrides))
    }

    /// The next statement, or `nil` at the end of the script.
    public mutating func next() throws(Diagnostic) -> Statement? {
        while position < bytes.count {
            let statement = nextRange()
            var text = SubstitutedText()
            if keepsReferences {
                text.copy(bytes[statement])
            } else {
                var substitution = Substitution(source: source, variables: variables)
                text = try substitution.apply(to: bytes[statement])
                variables = substitution.variables
            }
            var reader = SyntaxReader(text: text, source: source)
            guard !reader.isEmpty else { continue }
            let parsed = try reader.wholeStatement()
            remember(parsed)
            return parsed
        }
        return nil
    }

    /// All statements that are left; the first error ends it.
    public mutating func rest() throws(Diagnostic) -> [Statement] {
        var statements: [Statement] = []
        while let statement = try next() { statements.append(statement) }
        return statements
    }

    private mutating func remember(_ statement: Statement) {
        switch statement.kind {
        case .define(let setting): variables.define(setting.name, as: setting.value)
        case .undefine(let name): variables.undefine(name.text)
        default: break
        }
    }

    /// The bytes up to the next semicolon in code, or to the end; moves behind it.
    private mutating func nextRange() -> Range<Int> {
        let start = position
        var mode = TextMode.code
        while position < bytes.count {
            if mode == .code, bytes[position] == UInt8(ascii: ";") {
                position += 1
                return start..<position - 1
            }
            let step = mode.step(bytes[...], at: position)
            mode = step.next
            position += step.length
        }
        return start..<bytes.count
    }
}
