import Expressions

/// A function that makes rows: `EXPLODE(array)` gives one for each element, `CUBE_EXPLODE(array)` one for
/// each choice of elements.
///
/// Several in one query go side by side: the n-th row has the n-th element of each, NULL where an array has
/// ended; a row whose arrays are all empty or NULL gives none.
public struct TableFunction: Hashable, Sendable {
    /// Over the input's row, the ARRAY whose elements are the rows.
    public let argument: Expression
    /// As it stands in the statement.
    public let text: String
}
