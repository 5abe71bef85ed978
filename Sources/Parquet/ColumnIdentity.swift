import CParquet

/// The number that a file gives a column, and those below it: how some tables know their columns.
public struct ColumnIdentity: Equatable, Sendable {
    /// nil where the file gives none.
    public let id: Int?
    /// The element; key and value; the members.
    public let children: [ColumnIdentity]

    /// Reads a schema of the C data interface.
    init(_ schema: UnsafePointer<ArrowSchema>) {
        var id: Int?
        for (key, value) in ColumnIdentity.entries(schema.pointee.metadata) where key == "PARQUET:field_id" {
            id = Int(value)
        }
        self.id = id
        var children: [ColumnIdentity] = []
        for index in 0..<Int(schema.pointee.n_children) {
            if let child = schema.pointee.children?[index] { children.append(ColumnIdentity(child)) }
        }
        // A map's one child is the struct of its key and value.
        let format = schema.pointee.format.map { String(cString: $0) }
        self.children = format == "+m" ? children.first?.children ?? [] : children
    }

    /// `count · (length · key · length · value)…`, all numbers of 4 bytes. Arrow itself has written it.
    private static func entries(_ metadata: UnsafePointer<CChar>?) -> [(key: String, value: String)] {
        guard let metadata else { return [] }
        var place = UnsafeRawPointer(metadata)
        func number() -> Int {
            defer { place += 4 }
            return Int(place.loadUnaligned(as: Int32.self))
        }
        func text() -> String {
            let count = number()
            defer { place += count }
            return String(decoding: UnsafeRawBufferPointer(start: place, count: count), as: UTF8.self)
        }
        return (0..<number()).map { _ in
            let key = text()
            return (key, text())
        }
    }
}
