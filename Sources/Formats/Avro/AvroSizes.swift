/// The bytes that values of a schema's types take at least.
struct AvroSizes {
    private let schema: AvroSchema

    init(_ schema: AvroSchema) { self.schema = schema }

    func minimum(_ place: Int) -> Int {
        var open: Set<Int> = []
        return min(minimum(place, &open), Int(Int32.max) - 1)
    }

    /// A type that contains itself directly has no values; 0 is never too much.
    private func minimum(_ place: Int, _ open: inout Set<Int>) -> Int {
        switch schema[place].kind {
        case .null: return 0
        case .boolean, .int, .long, .bytes, .string, .enumeration, .array, .map: return 1
        case .float: return 4
        case .double: return 8
        case .fixed(let size): return size
        case .union(let branches):
            guard open.insert(place).inserted else { return 0 }
            defer { open.remove(place) }
            return 1 + (branches.map { minimum($0, &open) }.min() ?? 0)
        case .record(let fields):
            guard open.insert(place).inserted else { return 0 }
            defer { open.remove(place) }
            // Wide and deep schemas would add up beyond an Int: what counts is whether it is nothing.
            return fields.reduce(0) { min($0 + minimum($1.type, &open), 1 << 30) }
        }
    }
}
