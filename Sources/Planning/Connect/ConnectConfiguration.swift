import Diagnostics
import Formats
import Language

/// A connector as Kafka Connect's users write it: a name, and settings that are all text.
///
/// Its JSON is `{"name": "…", "config": {"connector.class": "…", …}}`, or the settings alone with the name
/// among them.
public struct ConnectConfiguration: Sendable {
    /// One setting, with its place in the document if it has one.
    public struct Setting: Sendable {
        public let name: String
        public let value: String
        let nameSpan: SourceSpan
        let valueSpan: SourceSpan

        public init(
            _ name: String, _ value: String, nameSpan: SourceSpan = .none, valueSpan: SourceSpan = .none
        ) {
            self.name = name
            self.value = value
            self.nameSpan = nameSpan
            self.valueSpan = valueSpan
        }
    }

    public let name: String
    /// In the order of the document; without the name.
    public let settings: [Setting]
    private let document: SourceText
    private var nameSpan = SourceSpan.none

    public init(name: String, settings: [Setting]) {
        self.name = name
        self.settings = settings.filter { $0.name.lowercased() != Self.nameSetting }
        document = SourceText("")
    }

    private static let nameSetting = "name"

    /// - Parameter file: the document's, for places in messages; a configuration without a name is named
    ///   by it.
    /// - Throws: what is no JSON, or no configuration.
    public init(parsing text: String, file: String) throws(Diagnostic) {
        let document = SourceText(text, file: file)
        self.document = document
        let root: LocatedJSON
        do throws(JSONSyntaxError) {
            root = try LocatedJSON(parsing: Array(text.utf8))
        } catch {
            throw Diagnostic(
                .syntax, "the connector's configuration is no JSON: \(error.reason)",
                at: document.location(of: SourceSpan(offset: error.offset, length: 1)))
        }
        let members = try Self.members(of: root, "the connector's configuration", document)
        var given: String?
        var flat = members
        if let config = members.first(where: { $0.name == "config" }), Self.isObject(config.value) {
            flat = try Self.members(of: config.value, "\"config\"", document)
            for member in members where member.name != "config" {
                if member.name == Self.nameSetting {
                    given = try Self.text(of: member, document)
                    nameSpan = SourceSpan(member.value.range)
                }
                // What Kafka Connect answers may be posted again.
                guard ![Self.nameSetting, "tasks", "type", "initial_state"].contains(member.name) else {
                    continue
                }
                throw Diagnostic(
                    .unknownProperty, "a connector's configuration has no member \"\(member.name)\"",
                    at: document.location(of: SourceSpan(member.nameRange)),
                    expected: "\"name\" and \"config\"")
            }
        }
        var settings: [Setting] = []
        for member in flat {
            guard let value = try Self.text(of: member, document) else { continue }
            if member.name == Self.nameSetting {
                if given == nil { (given, nameSpan) = (value, SourceSpan(member.value.range)) }
                continue
            }
            settings.append(
                Setting(
                    member.name, value, nameSpan: SourceSpan(member.nameRange),
                    valueSpan: SourceSpan(member.value.range)))
        }
        self.settings = settings
        name = given ?? Self.name(of: file)
    }

    private static func isObject(_ value: LocatedJSON) -> Bool {
        if case .object = value.content { true } else { false }
    }

    private static func members(
        of value: LocatedJSON, _ what: String, _ document: SourceText
    ) throws(Diagnostic) -> [LocatedJSON.Member] {
        if case .object(let members) = value.content { return members }
        throw Diagnostic(
            .invalidValue, "\(what) is \(value.kind)",
            at: document.location(of: SourceSpan(value.range)),
            expected: "an object: {\"name\": \"…\", \"config\": {\"connector.class\": \"…\", …}}")
    }

    /// nil for null, which says nothing.
    private static func text(
        of member: LocatedJSON.Member, _ document: SourceText
    ) throws(Diagnostic) -> String? {
        switch member.value.content {
        case .string(let text), .number(let text): return text
        case .boolean(let value): return value ? "true" : "false"
        case .null: return nil
        case .array, .object:
            throw Diagnostic(
                .invalidValue, "the setting \"\(member.name)\" is \(member.value.kind)",
                at: document.location(of: SourceSpan(member.value.range)),
                expected: "a text, a number, true or false")
        }
    }

    /// `jdbc-sink` of `connectors/jdbc-sink.json`.
    private static func name(of file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        return last.hasSuffix(".json") ? String(last.dropLast(5)) : last
    }

    /// The value of a setting; nil where it is not given.
    public func value(_ name: String) -> String? {
        settings.last { $0.name.lowercased() == name }?.value
    }

    /// The setting that stands at a place of the document.
    public func setting(at offset: Int) -> Setting? {
        settings.first { setting in
            setting.nameSpan != .none && setting.nameSpan.offset <= offset && offset <= setting.valueSpan.end
        }
    }

    /// The same without a setting.
    public func without(_ name: String) -> ConnectConfiguration {
        ConnectConfiguration(self, settings.filter { $0.name != name })
    }

    private init(_ other: ConnectConfiguration, _ settings: [Setting]) {
        name = other.name
        nameSpan = other.nameSpan
        document = other.document
        self.settings = settings
    }

    /// `CREATE SINK CONNECTOR`, as if the configuration had been written so.
    public var statement: Statement { statement(orReplace: false) }

    /// The same with `OR REPLACE`.
    public var replacement: Statement { statement(orReplace: true) }

    private func statement(orReplace: Bool) -> Statement {
        let create = CreateConnector(
            direction: .sink, orReplace: orReplace, name: Identifier(name, isQuoted: true, span: nameSpan),
            properties: settings.map {
                Property($0.name, .string($0.value), nameSpan: $0.nameSpan, valueSpan: $0.valueSpan)
            })
        return Statement(
            .createConnector(create), span: SourceSpan(offset: 0, length: document.text.utf8.count),
            text: Statement(.createConnector(create)).finished, source: document)
    }
}
