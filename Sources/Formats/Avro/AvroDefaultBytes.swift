/// Defaults of fields in the binary encoding, for writers that have no value for a field.
struct AvroDefaultBytes {
    let avro: AvroSchema

    /// nil when it is no value of the type.
    func bytes(_ json: JSONValue, _ place: Int) -> [UInt8]? {
        let out = ByteWriter(capacity: 64)
        return append(json, place, to: out) ? Array(out.bytes) : nil
    }

    private func append(_ json: JSONValue, _ place: Int, to out: ByteWriter) -> Bool {
        var check = AvroDefaultCheck(nodes: avro.nodes)
        guard check.accepts(json, place) else { return false }
        switch avro[place].kind {
        case .null: break
        case .boolean: out.append(json.boolean == true ? 1 : 0)
        case .int, .long: out.append(avro: json.int64 ?? 0)
        case .float: out.append(avro: Float(number(json)))
        case .double: out.append(avro: number(json))
        case .string: append(Array((json.string ?? "").utf8), to: out)
        case .bytes: append(json.string.flatMap(AvroDefaultCheck.bytes) ?? [], to: out)
        case .fixed:
            for byte in json.string.flatMap(AvroDefaultCheck.bytes) ?? [] { out.append(byte) }
        case .enumeration(let symbols, _):
            out.append(avro: Int64(json.string.flatMap(symbols.firstIndex) ?? 0))
        case .array(let items):
            let elements = json.array ?? []
            if !elements.isEmpty { out.append(avro: Int64(elements.count)) }
            for element in elements where !append(element, items, to: out) { return false }
            out.append(0)
        case .map(let values):
            let members = json.members ?? []
            if !members.isEmpty { out.append(avro: Int64(members.count)) }
            for member in members {
                append(Array(member.name.utf8), to: out)
                guard append(member.value, values, to: out) else { return false }
            }
            out.append(0)
        case .record(let fields):
            for field in fields {
                guard let value = json[field.name] ?? field.standard, append(value, field.type, to: out)
                else { return false }
            }
        case .union(let branches):
            for (index, branch) in branches.enumerated() {
                var check = AvroDefaultCheck(nodes: avro.nodes)
                guard check.accepts(json, branch) else { continue }
                out.append(avro: Int64(index))
                return append(json, branch, to: out)
            }
            return false
        }
        return true
    }

    private func append(_ bytes: [UInt8], to out: ByteWriter) {
        out.append(avro: Int64(bytes.count))
        bytes.withUnsafeBytes { out.append($0) }
    }

    private func number(_ json: JSONValue) -> Double {
        switch json.string {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: return json.double ?? 0
        }
    }
}
