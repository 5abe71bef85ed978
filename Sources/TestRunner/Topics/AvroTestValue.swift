import Columnar
import Formats

/// Avro's binary encoding of what test files write, and back: slow, and apart from the program's own.
struct AvroTestValue {
    enum Failure: Error { case noSuchValue(String, String), malformed }

    let schema: AvroSchema

    // MARK: Writing

    func bytes(_ json: JSONValue) throws -> [UInt8] {
        var out: [UInt8] = []
        try write(json, schema.root, &out)
        return out
    }

    private func write(number value: Int64, _ out: inout [UInt8]) {
        var bits = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while bits >= 0x80 {
            out.append(UInt8(bits & 0x7F) | 0x80)
            bits >>= 7
        }
        out.append(UInt8(bits))
    }

    private static func littleEndian(_ bits: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
    }

    private func write(bytes: [UInt8], _ out: inout [UInt8]) {
        write(number: Int64(bytes.count), &out)
        out += bytes
    }

    private func write(_ json: JSONValue, _ place: Int, _ out: inout [UInt8]) throws {
        let node = schema[place]
        switch node.kind {
        case .null: guard json.isNull else { throw failure(json, node) }
        case .boolean:
            guard let value = json.boolean ?? json.string.flatMap({ Bool($0) }) else {
                throw failure(json, node)
            }
            out.append(value ? 1 : 0)
        case .int, .long:
            let number = json.int64 ?? json.string.flatMap { Int64($0) } ?? json.double.map { Int64($0) }
            guard let number else { throw failure(json, node) }
            write(number: number, &out)
        case .float:
            guard let value = Double(json.string ?? json.text) else { throw failure(json, node) }
            out += Self.littleEndian(UInt64(Float(value).bitPattern), 4)
        case .double:
            guard let value = Double(json.string ?? json.text) else { throw failure(json, node) }
            out += Self.littleEndian(value.bitPattern, 8)
        case .string: write(bytes: Array((json.string ?? json.text).utf8), &out)
        case .bytes: write(bytes: try raw(json, node), &out)
        case .fixed: out += try raw(json, node)
        case .enumeration(let symbols, _):
            guard let index = json.string.flatMap(symbols.firstIndex) else { throw failure(json, node) }
            write(number: Int64(index), &out)
        case .array(let items):
            try write(elements(json, items, node), items, &out)
        case .map(let values):
            guard let members = json.members else { throw failure(json, node) }
            if !members.isEmpty { write(number: Int64(members.count), &out) }
            for member in members {
                write(bytes: Array(member.name.utf8), &out)
                try write(member.value, values, &out)
            }
            out.append(0)
        case .record(let fields):
            guard let members = json.members else { throw failure(json, node) }
            for field in fields {
                let exact = members.last { $0.name == field.name }
                let found = exact ?? members.last { $0.name.lowercased() == field.name.lowercased() }
                try write(found?.value ?? field.standard ?? .null, field.type, &out)
            }
        case .union(let branches):
            for (index, branch) in branches.enumerated() {
                var part: [UInt8] = []
                guard json.isNull == (schema[branch].kind == .null),
                    (try? write(json, branch, &part)) != nil
                else { continue }
                write(number: Int64(index), &out)
                out += part
                return
            }
            throw failure(json, node)
        }
    }

    private func write(_ elements: [JSONValue], _ items: Int, _ out: inout [UInt8]) throws {
        if !elements.isEmpty { write(number: Int64(elements.count), &out) }
        for element in elements { try write(element, items, &out) }
        out.append(0)
    }

    /// A map that is written as an array of entries is an object in test files.
    private func elements(_ json: JSONValue, _ items: Int, _ node: AvroNode) throws -> [JSONValue] {
        if let list = json.array { return list }
        guard let members = json.members, isEntry(items) else { throw failure(json, node) }
        return members.map { ["key": .string($0.name), "value": $0.value] }
    }

    private func isEntry(_ place: Int) -> Bool {
        guard case .record(let fields) = schema[schema.withoutNull(place)].kind else { return false }
        return fields.map(\.name) == ["key", "value"]
    }

    private func raw(_ json: JSONValue, _ node: AvroNode) throws -> [UInt8] {
        guard case .decimal(_, let scale) = node.logical else {
            guard let text = json.string, let bytes = Base64.bytes(of: text) else {
                throw failure(json, node)
            }
            return bytes
        }
        let text = json.string ?? json.text
        let number = Decimals.parse(text, precision: 38, scale: scale)
        guard var number else { throw failure(json, node) }
        var bytes: [UInt8] = []
        for _ in 0..<16 {
            bytes.insert(UInt8(truncatingIfNeeded: number), at: 0)
            number >>= 8
        }
        return bytes
    }

    private func failure(_ json: JSONValue, _ node: AvroNode) -> Failure {
        .noSuchValue(json.text, node.branch)
    }

    // MARK: Reading

    func value(_ bytes: [UInt8]) throws -> JSONValue {
        var rest = bytes[...]
        let value = try read(schema.root, &rest)
        guard rest.isEmpty else { throw Failure.malformed }
        return value
    }

    private func number(_ rest: inout ArraySlice<UInt8>) throws -> Int64 {
        var bits: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard let byte = rest.popFirst(), shift < 64 else { throw Failure.malformed }
            bits |= UInt64(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
    }

    private func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) throws -> [UInt8] {
        guard count >= 0, rest.count >= count else { throw Failure.malformed }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    private func bits(_ count: Int, _ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
        try take(count, &rest).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func read(_ place: Int, _ rest: inout ArraySlice<UInt8>) throws -> JSONValue {
        let node = schema[place]
        switch node.kind {
        case .null: return .null
        case .boolean: return .boolean(try take(1, &rest)[0] == 1)
        case .int, .long: return .number(try number(&rest))
        case .float:
            return .number(Double(Float(bitPattern: UInt32(try bits(4, &rest)))))
        case .double: return .number(Double(bitPattern: try bits(8, &rest)))
        case .string:
            return .string(String(decoding: try take(Int(try number(&rest)), &rest), as: UTF8.self))
        case .bytes: return shown(try take(Int(try number(&rest)), &rest), node)
        case .fixed(let size): return shown(try take(size, &rest), node)
        case .enumeration(let symbols, _): return .string(symbols[Int(try number(&rest))])
        case .array(let items):
            let elements = try blocks(&rest) { rest in try read(items, &rest) }
            guard isEntry(items) else { return .array(elements) }
            return .object(
                elements.map { .init($0["key"]?.string ?? "null", $0["value"] ?? .null) })
        case .map(let values):
            return .object(
                try blocks(&rest) { rest in
                    let name = String(decoding: try take(Int(try number(&rest)), &rest), as: UTF8.self)
                    return JSONValue.Member(name, try read(values, &rest))
                })
        case .record(let fields):
            return .object(try fields.map { .init($0.name, try read($0.type, &rest)) })
        case .union(let branches): return try read(branches[Int(try number(&rest))], &rest)
        }
    }

    private func blocks<Element>(
        _ rest: inout ArraySlice<UInt8>, _ element: (inout ArraySlice<UInt8>) throws -> Element
    ) throws -> [Element] {
        var list: [Element] = []
        while true {
            var count = try number(&rest)
            if count == 0 { return list }
            if count < 0 {
                _ = try number(&rest)
                count = -count
            }
            for _ in 0..<count { list.append(try element(&rest)) }
        }
    }

    private func shown(_ bytes: [UInt8], _ node: AvroNode) -> JSONValue {
        guard case .decimal(_, let scale) = node.logical else {
            let builder = ColumnBuilder(type: .bytes)
            builder.append(.bytes(bytes))
            let batch = Batch(
                schema: Schema([Field("B", .bytes)]), columns: [builder.finish()], count: 1)
            let text = JSONEncoder(schema: batch.schema, isWrapped: false).encode(batch).bytes(0) ?? []
            return (try? JSONValue(parsing: text)) ?? .null
        }
        let negative = (bytes.first ?? 0) >= 0x80
        let value = bytes.reduce(negative ? -1 as Int128 : 0) { $0 << 8 | Int128($1) }
        return .number(Decimals.text(value, scale: scale))
    }
}
