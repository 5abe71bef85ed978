import Expressions
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
            .init("functions", .array(kind.forms(of: name).map { Self.form($0, $1) })),
            .init("type", .string(kind.rawValue)),
        ]
    }

    private static func form(_ signature: String, _ result: String) -> JSONValue {
        let parameters = FunctionParameters(of: signature)
        let arguments = parameters.types.enumerated().map { index, type -> JSONValue in
            [
                "name": .string("arg\(index + 1)"), "type": .string(type), "description": "",
                "isVariadic": .boolean(index == parameters.variadic),
            ]
        }
        return [
            "arguments": .array(arguments), "returnType": .string(result), "description": "",
            "signature": .string(signature),
        ]
    }
}
