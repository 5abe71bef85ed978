import Columnar
import DeltaLake
import Formats

/// Rows of a table beside rows that somebody has written down as JSON.
///
/// Decimals are texts or numbers, times ISO texts, bytes `base64:…`, maps lists of pairs. Times finer than a
/// millisecond are cut to it, as columns are.
enum ExpectedRows {
    /// What the first difference is; nil where the rows are the same, in any order.
    static func difference(_ batches: [Batch], _ expected: [JSONValue]) -> String? {
        var counts: [[Value]: Int] = [:]
        var found = 0
        let schema = batches.first?.schema ?? Schema([])
        for batch in batches {
            found += batch.count
            for row in 0..<batch.count { counts[batch.row(row).map(comparable), default: 0] += 1 }
        }
        guard found == expected.count else { return "\(found) rows, where \(expected.count) are expected" }
        for json in expected {
            var row: [Value] = []
            for field in schema.fields {
                guard let value = value(json[field.name] ?? .null, field.type) else {
                    return "column \(field.name) is \(field.type.sql), where "
                        + "\((json[field.name] ?? .null).text) is expected"
                }
                row.append(comparable(value))
            }
            guard let count = counts[row], count > 0 else { return "the row \(json.text) is missing" }
            counts[row] = count - 1
        }
        return nil
    }

    /// - Parameter entry: `{"rows": […]}` or only `{"num_rows": n}`; nil where nothing is known.
    static func difference(_ batches: [Batch], ofVersion entry: JSONValue?) -> String? {
        if let rows = entry?["rows"]?.array { return difference(batches, rows) }
        guard let expected = entry?["num_rows"]?.int else { return nil }
        let found = batches.reduce(0) { $0 + $1.count }
        return found == expected ? nil : "\(found) rows, where \(expected) are expected"
    }

    /// One form for values that count as the same: maps in the order of their keys, one NaN.
    private static func comparable(_ value: Value) -> Value {
        switch value {
        case .double(let number): return .double(number.isNaN ? .nan : number == 0 ? 0 : number)
        case .array(let elements): return .array(elements.map(comparable))
        case .structure(let members): return .structure(members.map(comparable))
        default: return value
        }
    }

    private static func value(_ json: JSONValue, _ type: DataType) -> Value? {
        if json.isNull { return .null }
        switch type {
        case .boolean: return json.boolean.map { .boolean($0) }
        case .integer: return json.int64.flatMap { Int32(exactly: $0) }.map { .integer($0) }
        case .bigint: return json.int64.map { .bigint($0) }
        case .double:
            if let text = json.string { return Double(text.lowercased()).map { .double($0) } }
            return json.double.map { .double($0) }
        case .decimal:
            return PartitionValue.value(json.string ?? json.numberText, type: type)
        case .string: return json.string.map { .string($0) }
        case .bytes:
            guard let text = json.string, text.hasPrefix("base64:") else { return nil }
            return Base64.bytes(of: String(text.dropFirst(7))).map { .bytes($0) }
        case .date, .timestamp: return json.string.flatMap { PartitionValue.value($0, type: type) }
        case .time: return nil
        case .array(let element):
            return json.array.flatMap { all($0) { value($0, element) } }.map { .array($0) }
        case .map(let key, let item):
            let entries = json.array.flatMap { pairs in
                all(pairs) { pair -> (key: Value, value: Value)? in
                    guard let key = value(pair[0] ?? .null, key), let item = value(pair[1] ?? .null, item)
                    else { return nil }
                    return (key, item)
                }
            }
            return entries.map { .map($0) }
        case .structure(let fields):
            return all(fields) { value(json[$0.name] ?? .null, $0.type) }.map { .structure($0) }
        }
    }

    /// nil where one of the results is.
    private static func all<Element, Result>(
        _ elements: [Element], _ body: (Element) -> Result?
    ) -> [Result]? {
        var results: [Result] = []
        for element in elements {
            guard let result = body(element) else { return nil }
            results.append(result)
        }
        return results
    }
}
