import Columnar

/// Functions over MAPs, and those that make collections.
enum MapFunctions {
    private static let anyMap = TypePattern.map(.any(0), .any(1))

    static let entries: [ScalarFunction] = [
        ScalarFunction(
            "MAP_KEYS",
            signatures: [Signature([anyMap], result: { .array(part($0[0], 0)) }) { children($0, 0) }]),
        ScalarFunction(
            "MAP_VALUES",
            signatures: [Signature([anyMap], result: { .array(part($0[0], 1)) }) { children($0, 1) }]),
        ScalarFunction(
            "MAP_UNION", signatures: [Signature([anyMap, anyMap], strict: false, result: { $0[0] }, union)]),
        ScalarFunction(
            "AS_MAP",
            signatures: [
                Signature(
                    [.array(.string), .array(.any(0))],
                    result: { .map(key: .string, value: elementType($0[1])) }, asMap)
            ]),
        ScalarFunction(
            "ENTRIES",
            signatures: [
                Signature([.map(.string, .any(0)), .boolean], result: { .array(entryType($0[0])) }, pairs)
            ]),
        ScalarFunction(
            "GENERATE_SERIES",
            signatures: [
                Signature([.integer, .integer], returns: .array(.integer), series),
                Signature([.integer, .integer, .integer], returns: .array(.integer), series),
                Signature([.bigint, .bigint], returns: .array(.bigint), series),
                Signature([.bigint, .bigint, .integer], returns: .array(.bigint), series),
            ]),
    ]

    private static func part(_ type: DataType, _ index: Int) -> DataType {
        guard case .map(let key, let value) = type else { return type }
        return index == 0 ? key : value
    }

    private static func elementType(_ type: DataType) -> DataType {
        if case .array(let element) = type { return element }
        return type
    }

    private static func entryType(_ type: DataType) -> DataType {
        .structure([Field("K", .string), Field("V", part(type, 1))])
    }

    private static func children(_ call: Invocation, _ index: Int) -> Column {
        let map = call.operands[0]
        var lists = ListGather(count: call.count)
        for row in 0..<call.count {
            if call.validity?[row] ?? true {
                for entry in map.column.range(at: map.index(row)) { lists.add(entry) }
            }
            lists.endList()
        }
        return lists.list(of: map.column.children[index], type: call.type, validity: call.validity)
    }

    /// The entries of both; of two with one key the second map's. NULL only when both are.
    @Sendable private static func union(_ call: Invocation) -> Column {
        let keys = Column.concatenate(call.operands.map { $0.column.children[0] })
        let values = Column.concatenate(call.operands.map { $0.column.children[1] })
        let shift = call.operands[0].column.children[0].count
        let (first, second) = (call.operands[0], call.operands[1])
        var lists = ListGather(count: call.count)
        let valid = Bitmap(repeating: false, count: call.count)
        for row in 0..<call.count {
            let later = second.isValid(row) ? second.column.range(at: second.index(row)) : 0..<0
            if first.isValid(row) || second.isValid(row) { valid.set(row) }
            if first.isValid(row) {
                for entry in first.column.range(at: first.index(row)) {
                    let comesAgain = later.contains { RowEquality.equal(keys, entry, keys, $0 + shift) }
                    if !comesAgain { lists.add(entry) }
                }
            }
            for entry in later { lists.add(entry + shift) }
            lists.endList()
        }
        return lists.map(keys, values, type: call.type, validity: valid.ifNotFull)
    }

    /// Keys from the first array, values from the second, as far as the shorter reaches; of equal keys the
    /// last.
    @Sendable private static func asMap(_ call: Invocation) -> Column {
        let (keys, values) = (call.operands[0], call.operands[1])
        let (keyElements, valueElements) = (keys.column.children[0], values.column.children[0])
        let builder = ListPairs(count: call.count)
        for row in 0..<call.count {
            defer { builder.endList() }
            guard call.validity?[row] ?? true else { continue }
            let (ks, vs) = (
                keys.column.range(at: keys.index(row)), values.column.range(at: values.index(row))
            )
            for index in 0..<min(ks.count, vs.count) where keyElements.isValid(ks.lowerBound + index) {
                let key = ks.lowerBound + index
                let comesAgain = (key + 1..<ks.lowerBound + min(ks.count, vs.count)).contains {
                    RowEquality.equal(keyElements, key, keyElements, $0)
                }
                if !comesAgain { builder.add(key, vs.lowerBound + index) }
            }
        }
        return builder.map(keyElements, valueElements, type: call.type, validity: call.validity)
    }

    /// Entries as structures of K and V, sorted by key if asked.
    @Sendable private static func pairs(_ call: Invocation) -> Column {
        let map = call.operands[0]
        let keys = map.column.children[0]
        let sorted = call.operands[1]
        var lists = ListGather(count: call.count)
        for row in 0..<call.count {
            defer { lists.endList() }
            guard call.validity?[row] ?? true else { continue }
            var entries = Array(map.column.range(at: map.index(row)))
            if sorted.column.booleans[sorted.index(row)] {
                entries.sort { RowOrder.compare(keys, $0, keys, $1) < 0 }
            }
            for entry in entries { lists.add(entry) }
        }
        guard case .array(let type) = call.type else { preconditionFailure("ENTRIES gives an ARRAY") }
        let structures = Column(
            type: type, count: keys.count, validity: nil, storage: .structure(map.column.children))
        return lists.list(of: structures, type: call.type, validity: call.validity)
    }

    /// A bound on what one row may ask for.
    private static let longestSeries: Int64 = 65_536

    /// From … to, both included, by a step that leads there.
    @Sendable private static func series(_ call: Invocation) -> Column {
        let isNarrow = call.type == .array(.integer)
        let builder = ColumnBuilder(type: call.type, capacity: call.count)
        func number(_ operand: Int, _ row: Int) -> Int64 {
            isNarrow ? Int64(call.int32(operand, row)) : call.int64(operand, row)
        }
        for row in 0..<call.count {
            guard call.validity?[row] ?? true else {
                builder.appendNull()
                continue
            }
            let (start, end) = (number(0, row), number(1, row))
            let step = call.operands.count > 2 ? Int64(call.int32(2, row)) : end >= start ? 1 : -1
            let (span, overflow) = end.subtractingReportingOverflow(start)
            guard step != 0, !overflow, span != .min, span / step < longestSeries else {
                call.fail(
                    row, .function("GENERATE_SERIES", reason: step == 0 ? "the step is zero" : "too long"))
                builder.appendNull()
                continue
            }
            if span == 0 || (span > 0) == (step > 0) {
                for index in 0...span / step {
                    let value = start + index * step
                    if isNarrow {
                        builder.children[0].append(Int32(truncatingIfNeeded: value))
                    } else {
                        builder.children[0].append(value)
                    }
                }
            }
            builder.endList()
        }
        return builder.finish()
    }
}

/// Puts maps together whose keys and values come from different columns.
private final class ListPairs {
    private var keys: ListGather
    private var values: ListGather

    init(count: Int) {
        keys = ListGather(count: count)
        values = ListGather(count: count)
    }

    func add(_ key: Int, _ value: Int) {
        keys.add(key)
        values.add(value)
    }

    func endList() {
        keys.endList()
        values.endList()
    }

    func map(_ keyColumn: Column, _ valueColumn: Column, type: DataType, validity: Bitmap?) -> Column {
        guard case .map(let key, let value) = type else { preconditionFailure("a MAP") }
        let gatheredKeys = keys.list(of: keyColumn, type: .array(key), validity: nil)
        let gatheredValues = values.list(of: valueColumn, type: .array(value), validity: nil)
        guard case .list(let offsets, let keyElements) = gatheredKeys.storage else {
            preconditionFailure("a list")
        }
        return Column(
            type: type, count: gatheredKeys.count, validity: validity,
            storage: .map(offsets: offsets, keys: keyElements, values: gatheredValues.children[0]))
    }
}
