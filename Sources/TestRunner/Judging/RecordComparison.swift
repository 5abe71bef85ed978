import Columnar
import Formats

/// Whether a value is the expected one, as the upstream runner judges: doubles to a millionth, decimals with
/// their scale, names by case with upper case as a second try, the same number of fields.
enum RecordComparison {
    /// nil when they are equal, else the first difference.
    static func difference(
        _ actual: JSONValue, _ expected: JSONValue, _ type: DataType, _ place: String
    ) -> String? {
        let differs = "\(place): \(actual.text) instead of \(expected.text)"
        if actual.isNull || expected.isNull { return actual.isNull == expected.isNull ? nil : differs }
        switch type {
        case .structure(let fields):
            guard let members = actual.members, let wanted = expected.members, members.count == wanted.count
            else { return differs }
            for member in wanted {
                let name = actual[member.name] != nil ? member.name : member.name.uppercased()
                // As upstream: a field that is not there is NULL.
                guard let value = actual[name], let field = fields.first(where: { $0.name == name }) else {
                    if member.value.isNull { continue }
                    return "\(place): no field \(member.name) in \(actual.text)"
                }
                if let found = difference(value, member.value, field.type, "\(place).\(name)") {
                    return found
                }
            }
            return nil
        case .map(_, let valueType):
            guard let members = actual.members, let wanted = expected.members, members.count == wanted.count
            else { return actual == expected ? nil : differs }
            for member in wanted {
                guard let value = actual[member.name] else { return differs }
                let place = "\(place)[\(member.name)]"
                if let found = difference(value, member.value, valueType, place) { return found }
            }
            return nil
        case .array(let elementType):
            guard let elements = actual.array, let wanted = expected.array, elements.count == wanted.count
            else { return differs }
            for (index, pair) in zip(elements, wanted).enumerated() {
                let place = "\(place)[\(index)]"
                if let found = difference(pair.0, pair.1, elementType, place) { return found }
            }
            return nil
        default: return isSame(actual, expected, type) ? nil : differs
        }
    }

    private static func isSame(_ actual: JSONValue, _ expected: JSONValue, _ type: DataType) -> Bool {
        if actual == expected { return true }
        switch type {
        case .double: return sameDouble(actual.string ?? actual.text, expected.string ?? expected.text)
        case .integer, .bigint, .date, .time, .timestamp:
            guard let number = expected.int64 else { return false }
            return actual.int64 == number
        case .decimal: return decimal(actual).map { $0 == decimal(expected) ?? "" } ?? false
        default: return false
        }
    }

    /// The number with its scale and without zeros in front: `01.10` is `1.10`.
    private static func decimal(_ json: JSONValue) -> String? {
        guard let text = json.numberText ?? json.string else { return nil }
        return Decimals.parse(text).map { Decimals.text($0.unscaled, scale: $0.scale) }
    }

    private static func sameDouble(_ actual: String, _ expected: String) -> Bool {
        guard let left = Double(actual), let right = Double(expected) else { return actual == expected }
        return left == right || abs(left - right) <= 1e-6 || (left.isNaN && right.isNaN)
    }

    /// The same for a record of delimited text with these columns.
    static func delimitedDifference(
        _ actual: JSONValue, _ expected: JSONValue, _ types: [DataType], delimiter: Character, _ place: String
    ) -> String? {
        let differs = "\(place): \(actual.text) instead of \(expected.text)"
        if actual.isNull || expected.isNull { return actual.isNull == expected.isNull ? nil : differs }
        let (left, right) = (actual.string ?? actual.text, expected.string ?? expected.text)
        if left == right { return nil }
        let parts = left.split(separator: delimiter, omittingEmptySubsequences: false)
        let wanted = right.split(separator: delimiter, omittingEmptySubsequences: false)
        guard parts.count == wanted.count, parts.count == types.count else { return differs }
        for (index, pair) in zip(parts, wanted).enumerated() where pair.0 != pair.1 {
            guard types[index] == .double, sameDouble(String(pair.0), String(pair.1)) else { return differs }
        }
        return nil
    }
}
