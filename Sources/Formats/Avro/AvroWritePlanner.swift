import Columnar

/// Finds how columns go into values of an Avro schema.
struct AvroWritePlanner {
    private let avro: AvroSchema
    private(set) var nodes: [AvroWriteNode] = []
    private(set) var members: [AvroWriteMember] = []
    private(set) var constants: [UInt8] = []
    private(set) var symbols: [[[UInt8]: Int]] = []
    /// For messages: the column of each node.
    private(set) var names: [String] = []

    init(avro: AvroSchema) { self.avro = avro }

    /// The node that writes a type's values as the schema's at `place`; the last that is made is the root.
    mutating func add(
        _ place: Int, _ type: DataType, standard: JSONValue?, name: String
    ) throws(DecodeError) -> Int32 {
        let branches = avro.branches(place)
        guard let fits = branches.firstIndex(where: { accepts($0, type) }) else {
            let wanted = branches.map { avro[$0].branch }.joined(separator: " or ")
            throw DecodeError(.wrongType, "column \(name): \(type.sql) is no \(wanted)")
        }
        let isUnion = if case .union = avro[place].kind { true } else { false }
        var null: [UInt8]?
        if let none = branches.firstIndex(where: { avro[$0].kind == .null }) {
            null = isUnion ? Self.number(none) : []
        }
        if null == nil, let standard { null = AvroDefaultBytes(avro: avro).bytes(standard, place) }
        var node = try node(branches[fits], type, name: name)
        node.branch = isUnion ? Int32(fits) : -1
        if let null { setNull(null, of: &node) }
        return append(node, name)
    }

    private mutating func append(_ node: AvroWriteNode, _ name: String) -> Int32 {
        nodes.append(node)
        names.append(name)
        return Int32(nodes.count - 1)
    }

    private mutating func setNull(_ bytes: [UInt8], of node: inout AvroWriteNode) {
        node.null = Int32(constants.count)
        node.nullCount = Int32(bytes.count)
        constants += bytes
    }

    private static func number(_ value: Int) -> [UInt8] {
        let out = ByteWriter(capacity: 16)
        out.append(avro: Int64(value))
        return Array(out.bytes)
    }

    private func accepts(_ place: Int, _ type: DataType) -> Bool {
        switch (type, avro[place].kind) {
        case (.boolean, .boolean), (.integer, .int), (.integer, .long), (.integer, .double),
            (.integer, .float), (.bigint, .long), (.bigint, .double), (.double, .double), (.double, .float),
            (.string, .string), (.string, .enumeration), (.bytes, .bytes), (.bytes, .fixed),
            (.date, .int), (.time, .int), (.timestamp, .long), (.array, .array), (.map(.string, _), .map),
            (.structure, .record):
            return true
        case (.decimal, .bytes), (.decimal, .fixed):
            if case .decimal = avro[place].logical { return true }
            return false
        case (.map, .array(let items)):
            guard case .record(let fields) = avro[items].kind else { return false }
            return Set(fields.map(\.name)) == ["key", "value"]
        default: return false
        }
    }

    private mutating func node(
        _ place: Int, _ type: DataType, name: String
    ) throws(DecodeError) -> AvroWriteNode {
        var scale: Int32 = 0
        if case .decimal(_, let digits) = avro[place].logical { scale = Int32(digits) }
        var node = AvroWriteNode(action: .bytes, scale: scale)
        switch (avro[place].kind, type) {
        case (.boolean, _): node.action = .boolean
        case (.int, _): node.action = .int
        case (.long, _): node.action = .long
        case (.float, _): node.action = .float
        case (.double, _): node.action = .double
        case (.bytes, .decimal): node.action = .decimalBytes
        case (.bytes, _), (.string, _): node.action = .bytes
        case (.fixed(let size), .decimal): (node.action, node.size) = (.decimalFixed, Int32(size))
        case (.fixed(let size), _): (node.action, node.size) = (.fixed, Int32(size))
        case (.enumeration(let list, _), _):
            var numbers: [[UInt8]: Int] = [:]
            for (index, symbol) in list.enumerated() { numbers[Array(symbol.utf8)] = index }
            (node.action, node.first) = (.enumeration, Int32(symbols.count))
            symbols.append(numbers)
        case (.array(let items), .array(let element)):
            node.action = .list
            node.first = try add(items, element, standard: nil, name: name + "[]")
        case (.array(let items), .map(let key, let value)):
            node.action = .entries
            try setMembers(items, [Field("key", key), Field("value", value)], name, of: &node)
        case (.map(let values), .map(_, let value)):
            node.action = .map
            node.first = try add(values, value, standard: nil, name: name + "[]")
        case (.record, .structure(let fields)):
            node.action = .record
            try setMembers(place, fields, name, of: &node)
        default: throw DecodeError(.wrongType, "column \(name): \(type.sql) is no \(avro[place].branch)")
        }
        return node
    }

    private mutating func setMembers(
        _ place: Int, _ columns: [Field], _ name: String, of node: inout AvroWriteNode
    ) throws(DecodeError) {
        guard case .record(let fields) = avro[place].kind else { return }
        let columnOf = AvroMatch.columns(of: fields.map(\.name), columns.map(\.name))
        if let extra = columns.indices.first(where: { !columnOf.values.contains($0) }) {
            throw DecodeError(
                .wrongType, "column \(columns[extra].name): \(avro[place].branch) has no such field")
        }
        var list: [AvroWriteMember] = []
        for (index, field) in fields.enumerated() {
            if let column = columnOf[index] {
                let inner = try add(
                    field.type, columns[column].type, standard: field.standard, name: columns[column].name)
                list.append(AvroWriteMember(column: Int32(column), node: inner))
            } else {
                list.append(AvroWriteMember(column: -1, node: try addAbsent(field, name)))
            }
        }
        node.first = Int32(members.count)
        node.count = Int32(list.count)
        members += list
    }

    /// A field without a column: its default, or null.
    private mutating func addAbsent(_ field: AvroNode.Field, _ name: String) throws(DecodeError) -> Int32 {
        var bytes = field.standard.flatMap { AvroDefaultBytes(avro: avro).bytes($0, field.type) }
        if bytes == nil {
            let isUnion = if case .union = avro[field.type].kind { true } else { false }
            let none = avro.branches(field.type).firstIndex { avro[$0].kind == .null }
            bytes = none.map { isUnion ? Self.number($0) : [] }
        }
        guard let bytes else {
            throw DecodeError(
                .wrongType, "\(name) has no column for the field \(field.name), which has no default")
        }
        var node = AvroWriteNode(action: .constant)
        setNull(bytes, of: &node)
        return append(node, field.name)
    }
}
