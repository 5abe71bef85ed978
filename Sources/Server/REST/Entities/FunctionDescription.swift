import Formats

/// `describe_function`: DESCRIBE FUNCTION.
struct FunctionDescription: Entity {
    let name: String
    let kind: FunctionKind

    /// nil where there is no function of that name.
    init?(_ name: String) {
        let name = name.uppercased()
        guard let kind = FunctionKind.allCases.first(where: { $0.names.contains(name) }) else { return nil }
        self.name = name
        self.kind = kind
    }

    var type: String { "describe_function" }

    var members: [JSONValue.Member] {
        [
            .init("name", .string(name)), .init("description", ""), .init("author", ""),
            .init("version", ""), .init("path", "internal"),
            .init("functions", .array(kind.signatures(of: name).map(Self.form))),
            .init("type", .string(kind.rawValue)),
        ]
    }

    private static func form(_ signature: String) -> JSONValue {
        let parameters = parameters(of: signature)
        let isVariadic = parameters.last == "…"
        let types = isVariadic ? Array(parameters.dropLast()) : parameters
        let arguments = types.enumerated().map { index, type -> JSONValue in
            [
                "name": "", "type": .string(type), "description": "",
                "isVariadic": .boolean(isVariadic && index == types.count - 1),
            ]
        }
        return [
            "arguments": .array(arguments), "returnType": "", "description": "",
            "signature": .string(signature),
        ]
    }

    /// `F(MAP<K, V>, …)` → `MAP<K, V>`, `…`.
    static func parameters(of signature: String) -> [String] {
        guard let open = signature.firstIndex(of: "("), signature.last == ")" else { return [] }
        var parameters = [""]
        var depth = 0
        for letter in signature[signature.index(after: open)...].dropLast() {
            switch letter {
            case "<", "(", "[": depth += 1
            case ">" where depth > 0, ")", "]": depth -= 1
            case ",":
                if depth == 0 {
                    parameters.append("")
                    continue
                }
            default: break
            }
            if letter == " ", parameters[parameters.count - 1].isEmpty { continue }
            parameters[parameters.count - 1].append(letter)
        }
        return parameters.filter { !$0.isEmpty }
    }
}
