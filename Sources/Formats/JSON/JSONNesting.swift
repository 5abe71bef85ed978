import Columnar

/// Appends validated JSON values to columns of any type, nested ones included.
///
/// The depth is bounded by the column's type, the text having been validated before.
struct JSONNesting {
    let base: UnsafeRawPointer
    let timestamps: UnsafeMutablePointer<TimestampReader>
    let scratch: ByteWriter

    /// Appends one row; false when the value does not fit, and then the builder is as before.
    func append(_ token: JSONToken, to builder: ColumnBuilder) -> Bool {
        if token.kind == .null {
            builder.appendNull()
            return true
        }
        switch builder.type {
        case .array: return token.kind == .array && appendArray(token, to: builder)
        case .map: return token.kind == .object && appendMap(token, to: builder)
        case .structure(let members):
            return token.kind == .object && appendStructure(token, members, to: builder)
        case .string:
            scratch.removeAll()
            if token.appendText(base, to: scratch) {
                builder.append(scratch.bytes)
            } else {
                let count = token.end - token.start
                builder.append(UnsafeRawBufferPointer(start: base + token.start, count: count))
            }
            return true
        case .bytes:
            let out = ByteWriter()
            guard token.kind == .string, token.appendBase64(base, to: out, scratch: scratch) else {
                return false
            }
            builder.append(out.bytes)
            return true
        default:
            let type = ScalarType(builder.type)
            guard
                let bits = ScalarBits(
                    token, base, as: type, timestamps: &timestamps.pointee, scratch: scratch)
            else { return false }
            builder.append(bits)
            return true
        }
    }

    private func appendArray(_ token: JSONToken, to builder: ColumnBuilder) -> Bool {
        let begin = builder.children[0].count
        guard appendElements(token, to: builder.children[0]) else {
            builder.children[0].truncate(to: begin)
            return false
        }
        builder.endList()
        return true
    }

    private func appendElements(_ token: JSONToken, to builder: ColumnBuilder) -> Bool {
        var scanner = JSONScanner(base, token.start, token.end)
        var isFirst = true
        do {
            while try scanner.nextElement(isFirst: isFirst, depth: 0) {
                isFirst = false
                guard append(try scanner.value(depth: 0), to: builder) else { return false }
            }
        } catch {
            return false
        }
        return true
    }

    /// Names and values of an object; of equal names the last value, in the place of the first.
    private func members(of token: JSONToken) -> [(name: [UInt8], value: JSONToken)]? {
        var scanner = JSONScanner(base, token.start, token.end)
        var members: [(name: [UInt8], value: JSONToken)] = []
        var places: [[UInt8]: Int] = [:]
        var isFirst = true
        do {
            while let name = try scanner.nextName(isFirst: isFirst, depth: 0) {
                isFirst = false
                let value = try scanner.value(depth: 0)
                let text = text(of: name)
                if let place = places.updateValue(members.count, forKey: text) {
                    places[text] = place
                    members[place].value = value
                } else {
                    members.append((text, value))
                }
            }
        } catch {
            return nil
        }
        return members
    }

    private func text(of name: JSONToken) -> [UInt8] {
        scratch.removeAll()
        if name.appendText(base, to: scratch) { return Array(scratch.bytes) }
        return Array(UnsafeRawBufferPointer(start: base + name.start, count: name.end - name.start))
    }

    private func appendMap(_ token: JSONToken, to builder: ColumnBuilder) -> Bool {
        guard let members = members(of: token) else { return false }
        let (keys, values) = (builder.children[0], builder.children[1])
        let begin = keys.count
        for (name, value) in members {
            guard appendKey(name, to: keys), append(value, to: values) else {
                keys.truncate(to: begin)
                values.truncate(to: begin)
                return false
            }
        }
        builder.endList()
        return true
    }

    private func appendKey(_ name: [UInt8], to builder: ColumnBuilder) -> Bool {
        name.withUnsafeBytes { bytes in
            let type = ScalarType(builder.type)
            switch type.kind {
            case .string: builder.append(bytes)
            case .bytes:
                let out = ByteWriter()
                guard Base64.decode(bytes, to: out) else { return false }
                builder.append(out.bytes)
            case .nested: return false
            default:
                guard let start = bytes.baseAddress,
                    let bits = ScalarBits(
                        text: start, 0, bytes.count, as: type, timestamps: &timestamps.pointee)
                else { return false }
                builder.append(bits)
            }
            return true
        }
    }

    private func appendStructure(
        _ token: JSONToken, _ fields: [Field], to builder: ColumnBuilder
    ) -> Bool {
        guard let members = members(of: token) else { return false }
        for (field, child) in zip(fields, builder.children) {
            let name = Array(field.name.utf8)
            let folded = field.name.lowercased()
            var match: JSONToken?
            for member in members where match == nil && member.name == name { match = member.value }
            if match == nil {
                let similar = members.last {
                    String(decoding: $0.name, as: UTF8.self).lowercased().utf8.elementsEqual(folded.utf8)
                }
                match = similar?.value
            }
            guard append(match ?? JSONToken(.null, 0, 0), to: child) else {
                for child in builder.children { child.truncate(to: builder.count) }
                return false
            }
        }
        builder.endStructure()
        return true
    }
}
