import Columnar

/// Defaults of fields as values of columns.
struct AvroDefaults {
    let schema: AvroSchema

    /// The default of a field of the type at `place` in a column; nil when it has no place there.
    func value(_ json: JSONValue, _ place: Int, _ type: DataType) -> Value? {
        switch schema[place].kind {
        case .union(let branches):
            for branch in branches {
                var check = AvroDefaultCheck(nodes: schema.nodes)
                if check.accepts(json, branch) { return value(json, branch, type) }
            }
            return nil
        case .null: return .null
        case .array(let items):
            guard let elements = json.array, case .array(let element) = type else { return nil }
            var values: [Value] = []
            for one in elements {
                guard let value = value(one, items, element) else { return nil }
                values.append(value)
            }
            return .array(values)
        case .map(let place):
            guard let members = json.members, case .map(.string, let element) = type else { return nil }
            var entries: [(key: Value, value: Value)] = []
            for member in members {
                guard let value = value(member.value, place, element) else { return nil }
                entries.append((.string(member.name), value))
            }
            return .map(entries)
        case .record(let fields):
            guard case .structure(let members) = type else { return nil }
            return structure(json, fields, members)
        default: return scalar(json, place, type)
        }
    }

    private func structure(
        _ json: JSONValue, _ fields: [AvroNode.Field], _ members: [Field]
    ) -> Value? {
        let columns = AvroMatch.columns(of: fields.map(\.name), members.map(\.name))
        var values = [Value](repeating: .null, count: members.count)
        for (index, field) in fields.enumerated() {
            guard let member = columns[index], let given = json[field.name] ?? field.standard else {
                continue
            }
            guard let value = value(given, field.type, members[member].type) else { return nil }
            values[member] = value
        }
        return .structure(values)
    }

    private func scalar(_ json: JSONValue, _ place: Int, _ type: DataType) -> Value? {
        switch type {
        case .boolean: return json.boolean.map { .boolean($0) }
        case .integer: return json.int64.flatMap { Int32(exactly: $0) }.map { .integer($0) }
        case .date: return json.int64.flatMap { Int32(exactly: $0) }.map { .date($0) }
        case .time:
            let micros = schema[place].logical == .timeMicros
            return json.int64.flatMap { Int32(exactly: micros ? $0 / 1000 : $0) }.map { .time($0) }
        case .bigint: return json.int64.map { .bigint($0) }
        case .timestamp:
            let logical = schema[place].logical
            let micros = logical == .timestampMicros || logical == .localTimestampMicros
            return json.int64.map { .timestamp(micros ? Civil.floorDivide($0, 1000) : $0) }
        case .double: return json.double.map { .double($0) }
        case .string: return .string(json.string ?? json.text)
        case .bytes: return json.string.flatMap(AvroDefaultCheck.bytes).map { .bytes($0) }
        case .decimal(let precision, let scale):
            guard case .decimal(_, let written) = schema[place].logical,
                let bytes = json.string.flatMap(AvroDefaultCheck.bytes),
                let unscaled = bytes.withUnsafeBytes({ AvroDecimal.value($0) }),
                let value = Decimals.rescale(unscaled, from: written, to: scale),
                Decimals.fits(value, precision: precision)
            else { return nil }
            return .decimal(value, scale: scale)
        case .array, .map, .structure: return nil
        }
    }
}
