import Formats
import Language

/// `variables`: SHOW VARIABLES.
struct VariableList: Entity {
    let variables: Variables

    var type: String { "variables" }

    var members: [JSONValue.Member] {
        [
            .init(
                "variables",
                .array(variables.all.map { ["name": .string($0.name), "value": .string($0.value)] }))
        ]
    }
}
