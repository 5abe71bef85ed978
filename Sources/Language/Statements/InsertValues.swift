/// `INSERT INTO target [(columns)] VALUES (values)`; also the row of `ASSERT VALUES`.
public struct InsertValues: Hashable, Sendable {
    public var target: Identifier
    /// Empty when the row follows the order of the schema.
    public var columns: [Identifier]
    public var values: [Expression]

    public init(target: Identifier, columns: [Identifier] = [], values: [Expression]) {
        self.target = target
        self.columns = columns
        self.values = values
    }
}
