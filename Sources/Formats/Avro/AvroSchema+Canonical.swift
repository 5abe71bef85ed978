extension AvroSchema {
    /// Parsing Canonical Form: equal for schemas that read the same data.
    ///
    /// Source: Avro specification, "Transforming into Parsing Canonical Form".
    public var canonicalForm: String {
        let out = ByteWriter()
        var defined: Set<String> = []
        writeCanonical(root, to: out, defined: &defined)
        return out.text
    }

    private func writeCanonical(_ place: Int, to out: ByteWriter, defined: inout Set<String>) {
        let node = nodes[place]
        if let name = node.name {
            if !defined.insert(name.full).inserted { return out.appendJSONString(name.full) }
            out.append("{\"name\":")
            out.appendJSONString(name.full)
            out.append(",\"type\":\"\(node.word)\"")
        }
        switch node.kind {
        case .record(let fields):
            out.append(",\"fields\":[")
            for (index, field) in fields.enumerated() {
                out.append(index == 0 ? "{\"name\":" : ",{\"name\":" as StaticString)
                out.appendJSONString(field.name)
                out.append(",\"type\":")
                writeCanonical(field.type, to: out, defined: &defined)
                out.append("}")
            }
            out.append("]}")
        case .enumeration(let symbols, _):
            out.append(",\"symbols\":[")
            for (index, symbol) in symbols.enumerated() {
                if index > 0 { out.append(0x2C) }
                out.appendJSONString(symbol)
            }
            out.append("]}")
        case .fixed(let size): out.append(",\"size\":\(size)}")
        case .array(let items):
            out.append("{\"type\":\"array\",\"items\":")
            writeCanonical(items, to: out, defined: &defined)
            out.append("}")
        case .map(let values):
            out.append("{\"type\":\"map\",\"values\":")
            writeCanonical(values, to: out, defined: &defined)
            out.append("}")
        case .union(let branches):
            out.append("[")
            for (index, branch) in branches.enumerated() {
                if index > 0 { out.append(0x2C) }
                writeCanonical(branch, to: out, defined: &defined)
            }
            out.append("]")
        default: out.appendJSONString(node.word)
        }
    }

    /// CRC-64-AVRO of the canonical form.
    public var fingerprint: UInt64 { AvroFingerprint.of(Array(canonicalForm.utf8)) }
}

/// CRC-64-AVRO, a Rabin fingerprint. Source: Avro specification, "Schema Fingerprints".
enum AvroFingerprint {
    private static let empty: UInt64 = 0xC15D_213A_A4D7_A795

    private static let table: [UInt64] = (0..<256).map { index in
        (0..<8).reduce(UInt64(index)) { value, _ in (value >> 1) ^ (empty & (0 &- (value & 1))) }
    }

    static func of(_ bytes: [UInt8]) -> UInt64 {
        var value = empty
        for byte in bytes { value = value >> 8 ^ table[Int((value ^ UInt64(byte)) & 0xFF)] }
        return value
    }
}
