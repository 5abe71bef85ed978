import Columnar
import Parquet

/// How the columns of a table are found in its data files: by the names that people see, or by others that
/// outlive a renaming.
enum ColumnMapping: String, Sendable {
    case none
    /// By the physical names that the schema tells.
    case name
    /// By the numbers of the files' columns.
    case id
}

/// Where the values of a column are in a data file, and those of what is below it.
struct ColumnShape: Sendable {
    let mapping: ColumnMapping
    /// As the file has it.
    let name: String
    let id: Int?
    /// The element; key and value; the members.
    let children: [ColumnShape]

    init(_ field: TableField, _ mapping: ColumnMapping) {
        self.mapping = mapping
        name = mapping == .none ? field.name : field.physicalName
        id = field.mappingID
        children = ColumnShape.children(of: field.type, mapping)
    }

    private init(_ type: TableType, _ mapping: ColumnMapping) {
        self.mapping = mapping
        name = ""
        id = nil
        children = ColumnShape.children(of: type, mapping)
    }

    private static func children(of type: TableType, _ mapping: ColumnMapping) -> [ColumnShape] {
        switch type {
        case .array(let element, _): return [ColumnShape(element, mapping)]
        case .map(let key, let value, _): return [ColumnShape(key, mapping), ColumnShape(value, mapping)]
        case .structure(let fields): return fields.map { ColumnShape($0, mapping) }
        default: return []
        }
    }

    /// Which of a file's columns it is; nil where the file is older than the column.
    func index(in names: [String], _ identities: [ColumnIdentity]) -> Int? {
        if mapping == .id, let id, let index = identities.firstIndex(where: { $0.id == id }) {
            return index
        }
        if let index = names.firstIndex(of: name) { return index }
        // Engines disagree about the case of names that people have given.
        return mapping == .none ? names.firstIndex { $0.lowercased() == name.lowercased() } : nil
    }
}
