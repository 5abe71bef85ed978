/// A JSON Schema and those that it refers to as one document.
///
/// Each of the others stands below `$references` under its name, and each `$ref` between them becomes a
/// pointer into the document, so that whoever reads the schema sees one.
struct JSONSchemaBundle {
    static let member = "$references"
    private let names: [String]

    /// - Parameter others: by the names that `$ref` gives them.
    static func document(
        _ main: JSONValue, others: [(name: String, document: JSONValue)]
    ) -> JSONValue {
        guard !others.isEmpty, case .object(let members) = main else { return main }
        let bundle = JSONSchemaBundle(names: others.map(\.name))
        let parts = others.map {
            JSONValue.Member($0.name, bundle.rewritten($0.document, base: bundle.place($0.name), of: $0.name))
        }
        guard case .object(var all) = bundle.rewritten(.object(members), base: "#", of: "") else {
            return main
        }
        all.append(JSONValue.Member(member, .object(parts)))
        return .object(all)
    }

    private func place(_ name: String) -> String {
        let escaped = name.replacing("~", with: "~0").replacing("/", with: "~1")
        return "#/\(Self.member)/\(escaped)"
    }

    private func rewritten(_ json: JSONValue, base: String, of document: String) -> JSONValue {
        switch json {
        case .array(let elements):
            return .array(elements.map { rewritten($0, base: base, of: document) })
        case .object(let members):
            return .object(
                members.map { member in
                    guard member.name == "$ref", let text = member.value.string else {
                        return .init(member.name, rewritten(member.value, base: base, of: document))
                    }
                    return .init(member.name, .string(reference(text, base: base, of: document)))
                })
        default: return json
        }
    }

    private func reference(_ text: String, base: String, of document: String) -> String {
        if text.hasPrefix("#") { return base + text.dropFirst() }
        let name = String(text.prefix { $0 != "#" })
        let fragment = text.dropFirst(name.count).dropFirst()
        guard let known = names.first(where: { $0 == name }) ?? beside(name, document) else { return text }
        return place(known) + fragment
    }

    /// The document that a relative reference names, seen from another one.
    private func beside(_ name: String, _ document: String) -> String? {
        guard let slash = document.lastIndex(of: "/") else { return nil }
        let joined = document[...slash] + (name.hasPrefix("./") ? name.dropFirst(2) : name[...])
        return names.first { $0 == joined }
    }
}
