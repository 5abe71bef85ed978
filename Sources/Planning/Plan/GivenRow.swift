import Columnar

/// The row that INSERT INTO … VALUES gives a relation, or that ASSERT VALUES expects of it.
public struct GivenRow: Sendable {
    public let relation: Relation
    /// By column of the relation; nil where the statement does not name it.
    public let values: [Value?]
    /// Pseudo-columns that the statement names.
    public let pseudoValues: [PseudoColumn: Value]

    /// The values with NULL for all that is not named.
    public var complete: [Value] { values.map { $0 ?? .null } }
}
