import Expressions
import Formats

/// `function_names`: SHOW FUNCTIONS.
struct FunctionList: Entity {
    var type: String { "function_names" }

    var members: [JSONValue.Member] {
        let all = FunctionKind.allCases.flatMap { kind in kind.names.map { (name: $0, kind: kind) } }
        return [
            .init(
                "functions",
                .array(
                    all.sorted { $0.name < $1.name }.map { function in
                        [
                            "name": .string(function.name), "type": .string(function.kind.rawValue),
                            "category": .string(function.kind == .aggregate ? "AGGREGATE" : "OTHER"),
                        ]
                    }))
        ]
    }
}
