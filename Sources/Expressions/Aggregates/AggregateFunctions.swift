import Columnar
import Diagnostics

/// The registry of aggregate functions.
public enum AggregateFunctions {
    /// All names, sorted.
    public static var names: [String] { [] }

    public static func isAggregate(_ name: String) -> Bool { names.contains(name.uppercased()) }

    /// The function for arguments of these types; `COUNT(*)` has none.
    ///
    /// - Parameter literals: the value of each argument that is a literal, else nil; options such as TOPK's k are read from them.
    public static func resolve(
        _ name: String, argumentTypes: [DataType], literals: [Value?]
    ) throws(TypeError) -> any AggregateFunction {
        throw TypeError(.unknownFunction, "there is no aggregate function \(name)")
    }
}
