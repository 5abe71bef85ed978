/// The kind of a ``Diagnostic``, as a stable word that scripts and tests may compare.
///
/// The set is open: a module adds its own words as static constants in an extension. Words are lower
/// case with underscores, and never change once released.
public struct DiagnosticCode: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    // What is written wrongly.
    public static let syntax = DiagnosticCode("syntax")
    public static let nestingLimit = DiagnosticCode("nesting_limit")
    public static let undefinedVariable = DiagnosticCode("undefined_variable")

    // What is named but is not there, or is there already.
    public static let unknownColumn = DiagnosticCode("unknown_column")
    public static let ambiguousColumn = DiagnosticCode("ambiguous_column")
    public static let duplicateColumn = DiagnosticCode("duplicate_column")
    public static let unknownSource = DiagnosticCode("unknown_source")
    public static let duplicateSource = DiagnosticCode("duplicate_source")
    public static let unknownFunction = DiagnosticCode("unknown_function")
    public static let unknownType = DiagnosticCode("unknown_type")
    public static let unknownProperty = DiagnosticCode("unknown_property")
    public static let missingProperty = DiagnosticCode("missing_property")
    public static let unknownQuery = DiagnosticCode("unknown_query")
    public static let unknownConnector = DiagnosticCode("unknown_connector")
    public static let notFound = DiagnosticCode("not_found")

    // What is well formed but cannot mean anything.
    public static let typeMismatch = DiagnosticCode("type_mismatch")
    public static let invalidValue = DiagnosticCode("invalid_value")
    public static let invalidArgument = DiagnosticCode("invalid_argument")
    public static let invalidStatement = DiagnosticCode("invalid_statement")
    public static let unsupported = DiagnosticCode("unsupported")

    // What goes wrong while running.
    public static let evaluation = DiagnosticCode("evaluation")
    public static let malformedData = DiagnosticCode("malformed_data")
    public static let schemaMismatch = DiagnosticCode("schema_mismatch")
    public static let io = DiagnosticCode("io")
    public static let outOfSpace = DiagnosticCode("out_of_space")
    public static let permission = DiagnosticCode("permission")
    public static let unavailable = DiagnosticCode("unavailable")
    public static let config = DiagnosticCode("config")
    public static let usage = DiagnosticCode("usage")
    public static let state = DiagnosticCode("state")
    public static let corrupt = DiagnosticCode("corrupt")
    public static let incompatibleVersion = DiagnosticCode("incompatible_version")
    public static let conflict = DiagnosticCode("conflict")
    public static let limit = DiagnosticCode("limit")
    public static let cancelled = DiagnosticCode("cancelled")
    public static let internalError = DiagnosticCode("internal")
}

extension DiagnosticCode: CustomStringConvertible {
    public var description: String { rawValue }
}
