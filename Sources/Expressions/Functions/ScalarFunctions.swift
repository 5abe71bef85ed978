import Columnar
import Diagnostics

/// The registry of scalar functions.
public enum ScalarFunctions {
    /// All names, sorted.
    public static var names: [String] { [] }

    /// Resolves a call: finds the function, widens the arguments to its parameters.
    ///
    /// An unknown name gives the nearest one, unfit arguments give all signatures.
    public static func call(
        _ name: String, _ arguments: [Expression]
    ) throws(TypeError) -> Expression {
        throw TypeError(.unknownFunction, "there is no function \(name)")
    }
}
