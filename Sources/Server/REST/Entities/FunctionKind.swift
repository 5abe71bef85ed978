import Expressions

/// What a function makes of rows, by ksqlDB's word.
enum FunctionKind: String, CaseIterable, Sendable {
    case scalar = "SCALAR"
    case aggregate = "AGGREGATE"
    case table = "TABLE"

    var names: [String] {
        switch self {
        case .scalar: ScalarFunctions.names
        case .aggregate: AggregateFunctions.names
        case .table: TableFunctions.names
        }
    }
}
