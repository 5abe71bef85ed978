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
            .init("name", .string(name)),
            .init("description", .string(FunctionGuide.meaning(of: name) ?? "")), .init("author", ""),
            .init("version", ""), .init("path", "internal"),
            .init("functions", .array(FunctionGuide.variants(of: name).map(Self.form))),
            .init("type", .string(kind.rawValue)),
        ]
    }

    private static func form(_ variant: FunctionVariant) -> JSONValue {
        let arguments = variant.arguments.map { argument -> JSONValue in
            [
                "name": .string(argument.name), "type": .string(argument.type), "description": "",
                "isVariadic": .boolean(argument.isVariadic),
            ]
        }
        return [
            "arguments": .array(arguments), "returnType": .string(variant.result), "description": "",
            "signature": .string(variant.signature),
        ]
    }
}
