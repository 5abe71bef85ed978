import Columnar

/// The functions that make rows: of an ARRAY that they are given or make, one row for each element.
public enum TableFunctions {
    /// All names, sorted.
    public static let names = ["CUBE_EXPLODE", "EXPLODE"]

    static let entries = [CubeFunction.entry]

    public static func contains(_ name: String) -> Bool { names.contains(name.uppercased()) }

    /// The forms of a function; empty when there is none of this name.
    public static func signatures(of name: String) -> [String] {
        contains(name) ? ["\(name.uppercased())(ARRAY<T>)"] : []
    }

    /// The ARRAY whose elements are the rows.
    public static func call(_ name: String, _ arguments: [Expression]) throws(TypeError) -> Expression {
        let name = name.uppercased()
        guard arguments.count == 1, case .array = arguments[0].type else {
            let given = arguments.map { $0.isUntypedNull ? "null" : $0.type.sql }.joined(separator: ", ")
            throw TypeError(
                .invalidArgument, "the function \(name) does not accept parameters (\(given))",
                expected: signatures(of: name).joined(separator: " or "), found: "(\(given))",
                hint: arguments.count == 1 ? "of a map, take ENTRIES(map, TRUE), an ARRAY" : nil)
        }
        return name == "EXPLODE" ? arguments[0] : try ScalarFunctions.call(name, arguments)
    }
}
