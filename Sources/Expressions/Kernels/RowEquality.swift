import Columnar

/// Equality of single values of any type: for nested values and for the slow paths of collections.
enum RowEquality {
    /// Whether two values are equal; NULL equals NULL, as inside of nested values.
    static func equal(_ left: Column, _ i: Int, _ right: Column, _ j: Int) -> Bool {
        let valid = left.isValid(i)
        guard valid == right.isValid(j) else { return false }
        guard valid else { return true }
        switch left.type {
        case .boolean: return left.booleans[i] == right.booleans[j]
        case .integer, .date, .time: return left.int32s[i] == right.int32s[j]
        case .bigint, .timestamp: return left.int64s[i] == right.int64s[j]
        case .double:
            let (a, b) = (left.doubles[i], right.doubles[j])
            return a == b || (a.isNaN && b.isNaN)
        case .decimal(_, let scale):
            guard case .decimal(_, let otherScale) = right.type else { return false }
            return DecimalKernel.order(left.decimals[i], scale, right.decimals[j], otherScale) == 0
        case .string, .bytes:
            return StringView.equal(left.views + i, left.dataBases, right.views + j, right.dataBases)
        case .array: return equalLists(left, i, right, j)
        case .map: return equalMaps(left, i, right, j)
        case .structure:
            return zip(left.children, right.children).allSatisfy { equal($0, i, $1, j) }
        }
    }

    private static func equalLists(_ left: Column, _ i: Int, _ right: Column, _ j: Int) -> Bool {
        let (a, b) = (left.range(at: i), right.range(at: j))
        guard a.count == b.count else { return false }
        let (elements, others) = (left.children[0], right.children[0])
        return zip(a, b).allSatisfy { equal(elements, $0, others, $1) }
    }

    private static func equalMaps(_ left: Column, _ i: Int, _ right: Column, _ j: Int) -> Bool {
        let (a, b) = (left.range(at: i), right.range(at: j))
        guard a.count == b.count else { return false }
        let (entries, others) = (left.children, right.children)
        return a.allSatisfy { row in
            b.contains { other in
                equal(entries[0], row, others[0], other) && equal(entries[1], row, others[1], other)
            }
        }
    }
}

extension Column {
    /// The rows of the child columns that belong to a row of an ARRAY or MAP.
    func range(at row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }
}
