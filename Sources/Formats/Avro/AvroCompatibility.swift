/// Whether a reader's schema reads what a writer's has written.
///
/// Source: Avro specification 1.11, "Schema Resolution".
public struct AvroCompatibility {
    private struct Pair: Hashable {
        let reader: Int
        let writer: Int
    }

    private let reader: AvroSchema
    private let writer: AvroSchema
    /// Pairs that are compared, or were: schemas may contain themselves.
    private var seen: Set<Pair> = []
    private var found: [SchemaDifference] = []
    private var depth = 0
    /// Branches of unions that were looked at.
    private var steps = 0

    private static let stepLimit = 2_000_000
    /// Records that name each other in a long chain would take the stack.
    private static let depthLimit = 512

    private init(_ reader: AvroSchema, _ writer: AvroSchema) {
        self.reader = reader
        self.writer = writer
    }

    /// All that keeps `reader` from reading what `writer` wrote; empty when nothing does.
    public static func differences(reader: AvroSchema, writer: AvroSchema) -> [SchemaDifference] {
        var comparison = AvroCompatibility(reader, writer)
        comparison.compare(reader.root, writer.root, at: "")
        return comparison.found
    }

    private mutating func note(_ kind: SchemaDifference.Kind, at path: String, _ message: String) {
        found.append(SchemaDifference(kind, at: path, message))
    }

    private mutating func compare(_ place: Int, _ written: Int, at path: String) {
        guard seen.insert(Pair(reader: place, writer: written)).inserted else { return }
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else {
            return note(.typeMismatch, at: path, "the schemas nest too deep to be compared")
        }
        if case .union(let branches) = writer[written].kind {
            for branch in branches { compare(place, branch, at: path) }
            return
        }
        if case .union(let branches) = reader[place].kind {
            steps += branches.count
            guard steps < Self.stepLimit else {
                if found.isEmpty { note(.typeMismatch, at: path, "the schemas are too large to compare") }
                return
            }
            guard let match = AvroMatch(writer: writer, reader: reader).branch(written, place),
                let index = branches.firstIndex(of: match)
            else {
                note(
                    .missingUnionBranch, at: path, "the union has no branch for \(writer[written].branch)")
                return
            }
            return compare(match, written, at: "\(path)/\(index)")
        }
        compareTypes(place, written, at: path)
    }

    private mutating func compareTypes(_ place: Int, _ written: Int, at path: String) {
        let (left, right) = (reader[place], writer[written])
        switch (left.kind, right.kind) {
        case (.record(let fields), .record(let others)):
            guard checkNames(left, right, path) else { return }
            compareFields(fields, others, at: path)
        case (.enumeration(let symbols, let standard), .enumeration(let others, _)):
            guard checkNames(left, right, path) else { return }
            let missing = others.filter { !symbols.contains($0) }
            if !missing.isEmpty, standard == nil {
                let names = missing.joined(separator: ", ")
                note(.missingEnumSymbols, at: path + "/symbols", "the enum lacks \(names), without a default")
            }
        case (.fixed(let size), .fixed(let other)):
            guard checkNames(left, right, path) else { return }
            if size != other {
                note(.fixedSizeMismatch, at: path + "/size", "expected \(other) bytes, found \(size)")
            }
        case (.array(let items), .array(let others)): compare(items, others, at: path + "/items")
        case (.map(let values), .map(let others)): compare(values, others, at: path + "/values")
        default:
            guard left.word == right.word || AvroMatch.isPromotable(right.kind, left.kind) else {
                note(
                    .typeMismatch, at: path,
                    "a value of type \(right.branch) can't be read as \(left.branch)")
                return
            }
        }
    }

    private mutating func checkNames(_ left: AvroNode, _ right: AvroNode, _ path: String) -> Bool {
        if AvroMatch.isSameName(right, left) { return true }
        note(.nameMismatch, at: path + "/name", "expected \(right.branch), found \(left.branch)")
        return false
    }

    private mutating func compareFields(
        _ fields: [AvroNode.Field], _ others: [AvroNode.Field], at path: String
    ) {
        var sources: [Int: Int] = [:]
        for (index, other) in others.enumerated() {
            if let match = AvroMatch.index(of: other, at: index, in: others, of: fields) {
                sources[match] = index
            }
        }
        for (index, field) in fields.enumerated() {
            let place = "\(path)/fields/\(index)"
            if let source = sources[index] {
                compare(field.type, others[source].type, at: place + "/type")
            } else if field.standard == nil {
                note(
                    .fieldWithoutDefault, at: place,
                    "the field '\(field.name)' is new and has no default")
            }
        }
    }
}
