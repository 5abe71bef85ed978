/// Whether a JSON value is one that a field of a type may have as its default.
struct AvroDefaultCheck {
    let nodes: [AvroNode]
    /// A default that nests deeper belongs to a type that contains itself.
    private var depth = 0

    init(nodes: [AvroNode]) { self.nodes = nodes }

    mutating func accepts(_ json: JSONValue, _ place: Int) -> Bool {
        depth += 1
        defer { depth -= 1 }
        guard depth < 64 else { return false }
        switch nodes[place].kind {
        case .null: return json.isNull
        case .boolean: return json.boolean != nil
        case .int: return json.int64.map { Int32(exactly: $0) != nil } ?? false
        case .long: return json.int64 != nil
        case .float, .double: return json.numberText != nil || AvroDefaultCheck.isSpecial(json)
        case .bytes: return json.string.map { AvroDefaultCheck.bytes($0) != nil } ?? false
        case .string: return json.string != nil
        case .fixed(let size):
            return json.string.flatMap(AvroDefaultCheck.bytes).map { $0.count == size } ?? false
        case .enumeration(let symbols, _): return json.string.map(symbols.contains) ?? false
        case .array(let items):
            guard let elements = json.array else { return false }
            for element in elements where !accepts(element, items) { return false }
            return true
        case .map(let values):
            guard let members = json.members else { return false }
            for member in members where !accepts(member.value, values) { return false }
            return true
        case .record(let fields):
            guard json.members != nil else { return false }
            for field in fields {
                guard let value = json[field.name] ?? field.standard, accepts(value, field.type) else {
                    return false
                }
            }
            return true
        // By the letter a default is of the first branch; writers in use take any.
        case .union(let branches):
            for branch in branches where accepts(json, branch) { return true }
            return false
        }
    }

    private static func isSpecial(_ json: JSONValue) -> Bool {
        ["NaN", "Infinity", "-Infinity"].contains(json.string)
    }

    /// Bytes as a default writes them: one character for each, U+0000 to U+00FF; nil when one is beyond.
    static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
