/// What of a writer's schema corresponds to what of a reader's.
///
/// Source: Avro specification 1.11, "Schema Resolution".
struct AvroMatch {
    let writer: AvroSchema
    let reader: AvroSchema?

    /// The reader's type that takes values of the writer's: itself, or the first branch of a union that
    /// does. nil when there is none.
    func branch(_ place: Int, _ readerPlace: Int) -> Int? {
        guard let reader else { return nil }
        let branches = reader.branches(readerPlace)
        if let same = branches.first(where: { isSame(place, $0, reader) }) { return same }
        return branches.first { isPromotable(place, $0, reader) }
    }

    /// Of one kind and, where they have names, of one name.
    private func isSame(_ place: Int, _ readerPlace: Int, _ reader: AvroSchema) -> Bool {
        let (left, right) = (writer[place], reader[readerPlace])
        switch (left.kind, right.kind) {
        case (.record, .record), (.enumeration, .enumeration):
            return AvroMatch.isSameName(left, right)
        case (.fixed(let size), .fixed(let other)): return size == other && AvroMatch.isSameName(left, right)
        case (.array, .array), (.map, .map): return true
        default: return left.word == right.word && left.name == nil && right.name == nil
        }
    }

    /// By the specification full names must be the same; writers in use compare simple ones, or aliases.
    static func isSameName(_ writer: AvroNode, _ reader: AvroNode) -> Bool {
        guard let name = writer.name, let other = reader.name else { return false }
        return name.simple == other.simple || reader.aliases.contains(name.full)
            || reader.aliases.contains { AvroName($0).simple == name.simple }
    }

    private func isPromotable(_ place: Int, _ readerPlace: Int, _ reader: AvroSchema) -> Bool {
        AvroMatch.isPromotable(writer[place].kind, reader[readerPlace].kind)
    }

    static func isPromotable(_ writer: AvroNode.Kind, _ reader: AvroNode.Kind) -> Bool {
        switch (writer, reader) {
        case (.int, .long), (.int, .float), (.int, .double), (.long, .float), (.long, .double),
            (.float, .double), (.string, .bytes), (.bytes, .string):
            return true
        default: return false
        }
    }

    /// The fields of a reader's record.
    func readerFields(_ place: Int) -> [AvroNode.Field]? {
        guard let reader, case .record(let fields) = reader[place].kind else { return nil }
        return fields
    }

    /// The reader's field for a field of the writer: the one of its name, else one with that alias.
    static func index(
        of field: AvroNode.Field, at index: Int, in writer: [AvroNode.Field], of reader: [AvroNode.Field]
    ) -> Int? {
        if let same = reader.firstIndex(where: { $0.name == field.name }) { return same }
        return reader.firstIndex { candidate in
            // A field that the writer has by its own name is not renamed.
            candidate.aliases.contains(field.name) && !writer.contains { $0.name == candidate.name }
        }
    }

    /// For each field the column that it fills, by place: of the same name, else of the same but for case.
    /// A column has one field.
    static func columns(of fields: [String], _ columns: [String]) -> [Int: Int] {
        var found: [Int: Int] = [:]
        for (index, column) in columns.enumerated() {
            let folded = column.lowercased()
            let exact = fields.firstIndex(of: column)
            guard let field = exact ?? fields.firstIndex(where: { $0.lowercased() == folded }),
                found[field] == nil || exact != nil
            else { continue }
            found[field] = index
        }
        return found
    }
}
