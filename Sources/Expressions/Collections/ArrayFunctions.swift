import Columnar

/// Functions over ARRAYs.
enum ArrayFunctions {
    private static let anyArray = TypePattern.array(.any(0))
    private static let sortedArray = TypePattern.array(.sorted(0))

    private static func element(_ types: [DataType]) -> DataType {
        if case .array(let element) = types[0] { return element }
        return types[0]
    }

    static let entries: [ScalarFunction] = [
        ScalarFunction(
            "ARRAY_LENGTH",
            signatures: [
                Signature([anyArray], returns: .integer) { call in
                    let operand = call.operands[0]
                    return TextFunctions.integers(call) { operand.column.range(at: operand.index($0)).count }
                }
            ]),
        ScalarFunction(
            "ARRAY_CONTAINS",
            signatures: [Signature([anyArray, .any(0)], returns: .boolean, strict: false, contains)]),
        ScalarFunction(
            "ARRAY_JOIN",
            signatures: [
                Signature([anyArray], returns: .string, join),
                Signature([anyArray, .string], returns: .string, join),
            ]),
        ScalarFunction(
            "SLICE",
            signatures: [Signature([anyArray, .integer, .integer], strict: false, result: { $0[0] }, slice)]),
        ScalarFunction(
            "ARRAY_DISTINCT",
            signatures: [Signature([anyArray], result: { $0[0] }) { sets($0) { _, _ in true } }]),
        ScalarFunction(
            "ARRAY_EXCEPT",
            signatures: [Signature([anyArray, anyArray], result: { $0[0] }) { sets($0) { !$0($1) } }]),
        ScalarFunction(
            "ARRAY_INTERSECT",
            signatures: [Signature([anyArray, anyArray], result: { $0[0] }) { sets($0) { $0($1) } }]),
        ScalarFunction(
            "ARRAY_UNION",
            signatures: [
                Signature([anyArray, anyArray], result: { $0[0] }) { both($0, distinct: true, strict: true) }
            ]),
        ScalarFunction(
            "ARRAY_CONCAT",
            signatures: [
                Signature([anyArray, anyArray], strict: false, result: { $0[0] }) {
                    both($0, distinct: false, strict: false)
                }
            ]),
        ScalarFunction(
            "ARRAY_REMOVE",
            signatures: [Signature([anyArray, .any(0)], strict: false, result: { $0[0] }, remove)]),
        ScalarFunction(
            "ARRAY_MAX",
            signatures: [Signature([sortedArray], result: element) { extreme($0) { $0 > 0 } }]),
        ScalarFunction(
            "ARRAY_MIN",
            signatures: [Signature([sortedArray], result: element) { extreme($0) { $0 < 0 } }]),
        ScalarFunction(
            "ARRAY_SORT",
            signatures: [
                Signature([sortedArray], result: { $0[0] }, sort),
                Signature([sortedArray, .string], result: { $0[0] }, sort),
            ]),
    ]

    /// False for a NULL array; a NULL is contained where an element is NULL.
    @Sendable private static func contains(_ call: Invocation) -> Column {
        let (array, wanted) = (call.operands[0], call.operands[1])
        let elements = array.column.children[0]
        let bits = Bitmap(repeating: false, count: call.count)
        for row in 0..<call.count where array.isValid(row) {
            let found = array.column.range(at: array.index(row)).contains {
                RowEquality.equal(elements, $0, wanted.column, wanted.index(row))
            }
            if found { bits.set(row) }
        }
        return .booleans(bits)
    }

    @Sendable private static func join(_ call: Invocation) -> Column {
        let array = call.operands[0]
        let elements = array.column.children[0]
        var writer = TextWriter(count: call.count)
        var text: [UInt8] = []
        call.forEachRow { row in
            text.removeAll(keepingCapacity: true)
            for (index, element) in array.column.range(at: array.index(row)).enumerated() {
                if index > 0 {
                    if call.operands.count > 1 { text += call.bytes(1, row) } else { text.append(44) }
                }
                ValueText.append(elements, element, to: &text)
            }
            writer.write(row, text)
        }
        return call.texts(writer)
    }

    /// Elements from … to, counted from 1, both included; a NULL bound is the array's. NULL when it reaches
    /// outside.
    @Sendable private static func slice(_ call: Invocation) -> Column {
        let array = call.operands[0]
        var lists = ListGather(count: call.count)
        let valid = Bitmap(repeating: false, count: call.count)
        for row in 0..<call.count {
            defer { lists.endList() }
            guard array.isValid(row) else { continue }
            let range = array.column.range(at: array.index(row))
            let from = call.isValid(1, row) ? Int(call.int32(1, row)) - 1 : 0
            let to = call.isValid(2, row) ? Int(call.int32(2, row)) : range.count
            guard from >= 0, to <= range.count, from <= to else { continue }
            valid.set(row)
            for element in from..<to { lists.add(range.lowerBound + element) }
        }
        return lists.list(of: array.column.children[0], type: call.type, validity: valid.ifNotFull)
    }

    /// The first array's distinct elements that `keep` takes; it can ask whether the second array has an
    /// element.
    private static func sets(
        _ call: Invocation, _ keep: ((Int) -> Bool, Int) -> Bool
    ) -> Column {
        let array = call.operands[0]
        let elements = array.column.children[0]
        let other = call.operands.count > 1 ? call.operands[1] : array
        let others = other.column.children[0]
        var lists = ListGather(count: call.count)
        for row in 0..<call.count {
            defer { lists.endList() }
            guard call.validity?[row] ?? true else { continue }
            let range = other.column.range(at: other.index(row))
            let isInOther = { (element: Int) in
                range.contains { RowEquality.equal(elements, element, others, $0) }
            }
            for element in array.column.range(at: array.index(row)) {
                let isKnown = lists.current.contains {
                    RowEquality.equal(elements, Int($0), elements, element)
                }
                if !isKnown, keep(isInOther, element) { lists.add(element) }
            }
        }
        return lists.list(of: elements, type: call.type, validity: call.validity)
    }

    /// The elements of both arrays.
    private static func both(_ call: Invocation, distinct: Bool, strict: Bool) -> Column {
        let parts = call.operands.map { $0.column.children[0] }
        let elements = Column.concatenate(parts)
        let shifts = [0, parts[0].count]
        var lists = ListGather(count: call.count)
        let valid = Bitmap(repeating: false, count: call.count)
        for row in 0..<call.count {
            defer { lists.endList() }
            if strict, !(call.validity?[row] ?? true) { continue }
            for (index, operand) in call.operands.enumerated() where operand.isValid(row) {
                valid.set(row)
                for place in operand.column.range(at: operand.index(row)) {
                    let element = place + shifts[index]
                    let isKnown =
                        distinct
                        && lists.current.contains { RowEquality.equal(elements, Int($0), elements, element) }
                    if !isKnown { lists.add(element) }
                }
            }
        }
        return lists.list(of: elements, type: call.type, validity: valid.ifNotFull)
    }

    /// Without the elements that equal a value; NULL removes NULLs.
    @Sendable private static func remove(_ call: Invocation) -> Column {
        let (array, unwanted) = (call.operands[0], call.operands[1])
        let elements = array.column.children[0]
        var lists = ListGather(count: call.count)
        for row in 0..<call.count {
            defer { lists.endList() }
            guard array.isValid(row) else { continue }
            for element in array.column.range(at: array.index(row))
            where !RowEquality.equal(elements, element, unwanted.column, unwanted.index(row)) {
                lists.add(element)
            }
        }
        return lists.list(of: elements, type: call.type, validity: array.validWords(call.count))
    }

    /// The greatest or least element that is not NULL.
    private static func extreme(_ call: Invocation, _ wins: (Int) -> Bool) -> Column {
        let array = call.operands[0]
        let elements = array.column.children[0]
        let found = Bitmap(repeating: false, count: call.count)
        let rows = Buffer(capacity: call.count * 4, zeroed: true)
        let picks = rows.pointer.assumingMemoryBound(to: Int32.self)
        call.forEachRow { row in
            for element in array.column.range(at: array.index(row)) where elements.isValid(element) {
                let isBetter =
                    !found[row] || wins(RowOrder.compare(elements, element, elements, Int(picks[row])))
                if isBetter { picks[row] = Int32(element) }
                found.set(row)
            }
        }
        if elements.count == 0 { return .nulls(call.type, count: call.count) }
        return elements.gather(Selection(buffer: rows, count: call.count)).masked(by: found)
    }

    /// Ascending, or descending with 'DESC'; NULLs come last.
    @Sendable private static func sort(_ call: Invocation) -> Column {
        let array = call.operands[0]
        let elements = array.column.children[0]
        var lists = ListGather(count: call.count)
        for row in 0..<call.count {
            defer { lists.endList() }
            guard call.validity?[row] ?? true else { continue }
            var sign = 1
            if call.operands.count > 1 {
                let direction = call.string(1, row).uppercased()
                guard ["ASC", "ASCENDING", "DESC", "DESCENDING"].contains(direction) else {
                    call.fail(row, .function("ARRAY_SORT", reason: "the direction is neither ASC nor DESC"))
                    continue
                }
                sign = direction.hasPrefix("D") ? -1 : 1
            }
            let range = array.column.range(at: array.index(row))
            let sorted = range.filter { elements.isValid($0) }.sorted { a, b in
                RowOrder.compare(elements, a, elements, b) * sign < 0
            }
            for element in sorted + range.filter({ !elements.isValid($0) }) { lists.add(element) }
        }
        let validity = call.failures.removed(from: call.validity)
        return lists.list(of: elements, type: call.type, validity: validity)
    }
}

extension Bitmap {
    /// nil when all bits are 1, as validity is written.
    var ifNotFull: Bitmap? { inverted.isEmpty ? nil : self }
}
