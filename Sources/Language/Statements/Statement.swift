import Diagnostics

/// One statement: what it says, where it stands, and its text.
public struct Statement: Hashable, Sendable {
    /// What a statement can be.
    public enum Kind: Hashable, Sendable {
        case createSource(CreateSource)
        case createSourceAsSelect(CreateSourceAsSelect)
        case createConnector(CreateConnector)
        case createType(CreateType)
        case insertInto(InsertInto)
        case insertValues(InsertValues)
        /// A SELECT of its own: push query with EMIT, pull query without.
        case query(Query)
        case drop(Drop)
        case alterSource(AlterSource)
        case alterSystem(Setting)
        case queryControl(QueryControl)
        case show(Show)
        case describe(Describe)
        case explain(Explain)
        case print(PrintTopic)
        case assert(Assert)
        case define(Setting)
        case undefine(Identifier)
        case set(Setting)
        /// `UNSET 'name'` puts the default back.
        case unset(Identifier)
        case runScript(path: String)
    }

    public let kind: Kind
    /// The statement in the original text, without its semicolon.
    @NotCompared public var span: SourceSpan
    /// The statement's text with variables put in, without its semicolon.
    @NotCompared public var text: String
    /// The whole original text, which all spans point into.
    @NotCompared public var source: SourceText

    public init(
        _ kind: Kind, span: SourceSpan = .none, text: String = "", source: SourceText = SourceText("")
    ) {
        self.kind = kind
        self.span = span
        self.text = text
        self.source = source
    }

    /// The place of a node of this statement, for a ``Diagnostic``; `nil` for a node no text stands for.
    public func location(of span: SourceSpan) -> SourceLocation? {
        span == .none ? nil : source.location(of: span)
    }
}
