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

    /// Forms such as `SUBSTRING(STRING, INTEGER)`, and the types that they give.
    func forms(of name: String) -> [(signature: String, result: String)] {
        let (signatures, results) =
            switch self {
            case .scalar: (ScalarFunctions.signatures(of: name), ScalarFunctions.results(of: name))
            case .aggregate: (AggregateFunctions.signatures(of: name), AggregateFunctions.results(of: name))
            case .table: (TableFunctions.signatures(of: name), TableFunctions.results(of: name))
            }
        return zip(signatures, results).map { (signature: $0, result: $1) }
    }
}
