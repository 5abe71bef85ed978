/// A column as the database describes it.
struct TableColumn: Hashable, Sendable {
    let name: String
    /// As the database writes it: `numeric(18,2)`, `character varying(40)`.
    let typeName: String
    /// Of a domain, that of the type below it.
    let typeOID: UInt32
    /// Of an array, that of its elements.
    let elementOID: UInt32
    let isNotNull: Bool
    /// Whether it gets a value by itself.
    let hasDefault: Bool
    /// Computed, or numbered by the database alone.
    let isGenerated: Bool

    /// The type that values are sent as; nil where they go through a cast.
    var wire: WireType? {
        if elementOID != 0 {
            return WireType(oid: elementOID).map { .array($0, element: elementOID) }
        }
        return WireType(oid: typeOID)
    }
}
