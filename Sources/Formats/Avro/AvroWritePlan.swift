import Columnar

/// How columns go into values of an Avro schema; made once, then run for each row.
final class AvroWritePlan {
    private enum Action {
        case boolean, int, long, float, double, bytes
        case decimalBytes(scale: Int)
        case decimalFixed(scale: Int, size: Int)
        case fixed(size: Int)
        case enumeration([[UInt8]: Int])
        case list(Int)
        case map(Int)
        /// An array of key and value records.
        case entries([Member])
        case record([Member])
    }

    /// A field of a record: where its value comes from and what stands in for NULL.
    private struct Member {
        let name: String
        /// Among the children; nil when no column fills it.
        let column: Int?
        let node: Int
    }

    /// A value's type and, where it is a union, the bytes of the branches.
    private struct Node {
        let action: Action
        /// In front of a value: the number of its branch.
        let branch: [UInt8]
        /// What NULL is written as; nil when it can't be.
        let null: [UInt8]?
    }

    private let avro: AvroSchema
    private var nodes: [Node] = []
    private var root = 0

    init(schema: Schema, avro: AvroSchema, isWrapped: Bool) throws(DecodeError) {
        self.avro = avro
        if isWrapped {
            root = try add(avro.root, .structure(schema.fields), standard: nil, name: "the record")
        } else {
            root = try add(avro.root, schema[0].type, standard: nil, name: schema[0].name)
        }
        isRecord = isWrapped
    }

    private var isRecord = true

    // MARK: Making

    private func add(
        _ place: Int, _ type: DataType, standard: JSONValue?, name: String
    ) throws(DecodeError) -> Int {
        let branches = avro.branches(place)
        let fits = branches.firstIndex { accepts(avro[$0], $0, type) }
        guard let fits else {
            let wanted = branches.map { avro[$0].branch }.joined(separator: " or ")
            throw DecodeError(.wrongType, "column \(name): \(type.sql) is no \(wanted)")
        }
        let isUnion = if case .union = avro[place].kind { true } else { false }
        var null: [UInt8]?
        if let none = branches.firstIndex(where: { avro[$0].kind == .null }) {
            null = isUnion ? Self.number(Int64(none)) : []
        }
        if null == nil, let standard { null = AvroDefaultBytes(avro: avro).bytes(standard, place) }
        let action = try action(branches[fits], type, name: name)
        nodes.append(
            Node(action: action, branch: isUnion ? Self.number(Int64(fits)) : [], null: null))
        return nodes.count - 1
    }

    static func number(_ value: Int64) -> [UInt8] {
        let out = ByteWriter(capacity: 16)
        out.append(avro: value)
        return Array(out.bytes)
    }

    private func accepts(_ node: AvroNode, _ place: Int, _ type: DataType) -> Bool {
        switch (type, node.kind) {
        case (.boolean, .boolean), (.integer, .int), (.integer, .long), (.integer, .double),
            (.integer, .float), (.bigint, .long), (.bigint, .double), (.double, .double), (.double, .float),
            (.string, .string), (.string, .enumeration), (.bytes, .bytes), (.bytes, .fixed),
            (.date, .int), (.time, .int), (.timestamp, .long), (.array, .array), (.map(.string, _), .map),
            (.structure, .record):
            return true
        case (.decimal, .bytes), (.decimal, .fixed):
            if case .decimal = node.logical { return true }
            return false
        case (.map, .array(let items)):
            guard case .record(let fields) = avro[items].kind else { return false }
            return Set(fields.map(\.name)) == ["key", "value"]
        default: return false
        }
    }

    private func action(_ place: Int, _ type: DataType, name: String) throws(DecodeError) -> Action {
        let node = avro[place]
        switch (node.kind, type) {
        case (.boolean, _): return .boolean
        case (.int, _): return .int
        case (.long, _): return .long
        case (.float, _): return .float
        case (.double, _): return .double
        case (.bytes, .decimal):
            guard case .decimal(_, let scale) = node.logical else { return .bytes }
            return .decimalBytes(scale: scale)
        case (.bytes, _), (.string, _): return .bytes
        case (.fixed(let size), .decimal):
            guard case .decimal(_, let scale) = node.logical else { return .fixed(size: size) }
            return .decimalFixed(scale: scale, size: size)
        case (.fixed(let size), _): return .fixed(size: size)
        case (.enumeration(let symbols, _), _):
            var numbers: [[UInt8]: Int] = [:]
            for (index, symbol) in symbols.enumerated() { numbers[Array(symbol.utf8)] = index }
            return .enumeration(numbers)
        case (.array(let items), .array(let element)):
            return .list(try add(items, element, standard: nil, name: name + "[]"))
        case (.array(let items), .map(let key, let value)):
            return .entries(try members(items, [Field("key", key), Field("value", value)], name))
        case (.map(let values), .map(_, let value)):
            return .map(try add(values, value, standard: nil, name: name + "[]"))
        case (.record, .structure(let fields)): return .record(try members(place, fields, name))
        default: throw DecodeError(.wrongType, "column \(name): \(type.sql) is no \(node.branch)")
        }
    }

    private func members(
        _ place: Int, _ columns: [Field], _ name: String
    ) throws(DecodeError) -> [Member] {
        guard case .record(let fields) = avro[place].kind else { return [] }
        let columnOf = AvroMatch.columns(of: fields.map(\.name), columns.map(\.name))
        if let extra = columns.indices.first(where: { !columnOf.values.contains($0) }) {
            throw DecodeError(
                .wrongType, "column \(columns[extra].name): \(avro[place].branch) has no such field")
        }
        var members: [Member] = []
        for (index, field) in fields.enumerated() {
            if let column = columnOf[index] {
                let node = try add(
                    field.type, columns[column].type, standard: field.standard, name: columns[column].name)
                members.append(Member(name: field.name, column: column, node: node))
            } else {
                members.append(Member(name: field.name, column: nil, node: try addAbsent(field, name)))
            }
        }
        return members
    }

    /// A field without a column: its default, or null.
    private func addAbsent(_ field: AvroNode.Field, _ name: String) throws(DecodeError) -> Int {
        var bytes = field.standard.flatMap { AvroDefaultBytes(avro: avro).bytes($0, field.type) }
        if bytes == nil, let none = avro.branches(field.type).firstIndex(where: { avro[$0].kind == .null }) {
            bytes = Self.number(Int64(none))
        }
        guard let bytes else {
            throw DecodeError(
                .wrongType, "\(name) has no column for the field \(field.name), which has no default")
        }
        nodes.append(Node(action: .boolean, branch: [], null: bytes))
        return nodes.count - 1
    }

    // MARK: Writing

    func write(
        _ row: Int, of columns: UnsafeMutablePointer<EncodedColumn>, to out: ByteWriter
    ) throws(DecodeError) {
        guard isRecord else { return try write(root, columns, 0, row, to: out) }
        append(nodes[root].branch, to: out)
        guard case .record(let members) = nodes[root].action else { return }
        try write(members, columns, 0, row, to: out)
    }

    private func append(_ bytes: [UInt8], to out: ByteWriter) {
        if !bytes.isEmpty { bytes.withUnsafeBytes { out.append($0) } }
    }

    private func write(
        _ members: [Member], _ columns: UnsafeMutablePointer<EncodedColumn>, _ first: Int, _ row: Int,
        to out: ByteWriter
    ) throws(DecodeError) {
        for member in members {
            if let column = member.column {
                try write(member.node, columns, first + column, row, to: out, name: member.name)
            } else {
                append(nodes[member.node].null ?? [], to: out)
            }
        }
    }

    private func write(
        _ index: Int, _ columns: UnsafeMutablePointer<EncodedColumn>, _ place: Int, _ row: Int,
        to out: ByteWriter, name: String = "the value"
    ) throws(DecodeError) {
        let column = columns + place
        if column.pointee.isNull(row) {
            guard let null = nodes[index].null else {
                throw DecodeError(.wrongType, "field \(name): NULL, and the schema has no null there")
            }
            return append(null, to: out)
        }
        append(nodes[index].branch, to: out)
        switch nodes[index].action {
        case .boolean: out.append(column.pointee.boolean(row) ? 1 : 0)
        case .int: out.append(avro: Int64(column.pointee.int32(row)))
        case .long: out.append(avro: whole(column, row))
        case .float: out.append(avro: Float(real(column, row)))
        case .double: out.append(avro: real(column, row))
        case .bytes:
            let bytes = column.pointee.bytes(row)
            out.append(avro: Int64(bytes.count))
            out.append(bytes)
        case .fixed(let size):
            let bytes = column.pointee.bytes(row)
            guard bytes.count == size else {
                throw DecodeError(.wrongLength, "field \(name): \(bytes.count) bytes instead of \(size)")
            }
            out.append(bytes)
        case .decimalBytes(let scale):
            let bytes = AvroDecimal.bytes(try rescaled(column, row, scale, name))
            out.append(avro: Int64(bytes.count))
            append(bytes, to: out)
        case .decimalFixed(let scale, let size):
            let value = try rescaled(column, row, scale, name)
            let bytes = AvroDecimal.bytes(value)
            guard bytes.count <= size else {
                throw DecodeError(.wrongType, "field \(name): the number takes more than \(size) bytes")
            }
            for _ in bytes.count..<size { out.append(value < 0 ? 0xFF : 0) }
            append(bytes, to: out)
        case .enumeration(let numbers):
            let text = Array(column.pointee.bytes(row))
            guard let number = numbers[text] else {
                let symbol = String(decoding: text, as: UTF8.self)
                throw DecodeError(.wrongType, "field \(name): '\(symbol)' is no symbol of the enum")
            }
            out.append(avro: Int64(number))
        case .list(let item):
            let elements = column.pointee.elements(row)
            if !elements.isEmpty { out.append(avro: Int64(elements.count)) }
            let child = column.pointee.firstChild
            for element in elements { try write(item, columns, child, element, to: out, name: name) }
            out.append(0)
        case .map(let value): try writeMap(value, columns, column, row, to: out, name)
        case .entries(let members):
            let elements = column.pointee.elements(row)
            if !elements.isEmpty { out.append(avro: Int64(elements.count)) }
            for element in elements {
                try write(members, columns, column.pointee.firstChild, element, to: out)
            }
            out.append(0)
        case .record(let members):
            try write(members, columns, column.pointee.firstChild, row, to: out)
        }
    }

    private func writeMap(
        _ value: Int, _ columns: UnsafeMutablePointer<EncodedColumn>,
        _ column: UnsafeMutablePointer<EncodedColumn>, _ row: Int, to out: ByteWriter, _ name: String
    ) throws(DecodeError) {
        let elements = column.pointee.elements(row)
        let child = column.pointee.firstChild
        if !elements.isEmpty { out.append(avro: Int64(elements.count)) }
        for element in elements {
            guard !columns[child].isNull(element) else {
                throw DecodeError(.wrongType, "field \(name): a map's key is NULL")
            }
            let key = columns[child].bytes(element)
            out.append(avro: Int64(key.count))
            out.append(key)
            try write(value, columns, child + 1, element, to: out, name: name)
        }
        out.append(0)
    }

    private func whole(_ column: UnsafeMutablePointer<EncodedColumn>, _ row: Int) -> Int64 {
        column.pointee.kind == .integer ? Int64(column.pointee.int32(row)) : column.pointee.int64(row)
    }

    private func real(_ column: UnsafeMutablePointer<EncodedColumn>, _ row: Int) -> Double {
        switch column.pointee.kind {
        case .integer: return Double(column.pointee.int32(row))
        case .bigint: return Double(column.pointee.int64(row))
        default: return column.pointee.double(row)
        }
    }

    private func rescaled(
        _ column: UnsafeMutablePointer<EncodedColumn>, _ row: Int, _ scale: Int, _ name: String
    ) throws(DecodeError) -> Int128 {
        guard
            let value = Decimals.rescale(
                column.pointee.decimal(row), from: column.pointee.scale, to: scale)
        else { throw DecodeError(.wrongType, "field \(name): the number has too many digits") }
        return value
    }
}

extension ByteWriter {
    /// Zig-zag in groups of seven bits.
    func append(avro value: Int64) {
        reserve(10)
        var bits = UInt64(bitPattern: value << 1 ^ value >> 63)
        var written = 0
        while bits > 0x7F {
            end.storeBytes(of: UInt8(truncatingIfNeeded: bits) | 0x80, toByteOffset: written, as: UInt8.self)
            bits >>= 7
            written += 1
        }
        end.storeBytes(of: UInt8(truncatingIfNeeded: bits), toByteOffset: written, as: UInt8.self)
        advance(written + 1)
    }

    func append(avro value: Double) { withUnsafeBytes(of: value.bitPattern.littleEndian) { append($0) } }

    func append(avro value: Float) { withUnsafeBytes(of: value.bitPattern.littleEndian) { append($0) } }
}
