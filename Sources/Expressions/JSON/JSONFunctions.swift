import Columnar

/// Functions over STRINGs that hold JSON.
enum JSONFunctions {
    static let entries: [ScalarFunction] = [
        ScalarFunction(
            "EXTRACTJSONFIELD", signatures: [Signature([.string, .string], returns: .string, extract)]),
        ScalarFunction(
            "IS_JSON_STRING", signatures: [Signature([.string], returns: .boolean, strict: false, isJSON)]),
        ScalarFunction(
            "JSON_ARRAY_LENGTH", signatures: [Signature([.string], returns: .integer, arrayLength)]),
        JSONArraySearch.entry,
        ScalarFunction("JSON_KEYS", signatures: [Signature([.string], returns: .array(.string), keys)]),
        ScalarFunction(
            "JSON_RECORDS",
            signatures: [Signature([.string], returns: .map(key: .string, value: .string), records)]),
        ScalarFunction("JSON_ITEMS", signatures: [Signature([.string], returns: .array(.string), items)]),
        ScalarFunction(
            "JSON_CONCAT", signatures: [Signature([.string], repeats: true, returns: .string, concat)]),
        ScalarFunction(
            "TO_JSON_STRING",
            signatures: [
                Signature([.any(0)], returns: .string, strict: false) { call in
                    let operand = call.operands[0]
                    var writer = TextWriter(count: call.count)
                    var text: [UInt8] = []
                    for row in 0..<call.count {
                        text.removeAll(keepingCapacity: true)
                        JSONWriter.append(operand.column, operand.index(row), to: &text)
                        writer.write(row, text)
                    }
                    return writer.finish(.string, count: call.count, validity: nil)
                }
            ]),
    ]

    private static let malformed = EvaluationFailure.function("JSON", reason: "the text is malformed")

    /// The value at a path as text; NULL when it is not there, or null.
    @Sendable private static func extract(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        let valid = Bitmap(repeating: false, count: call.count)
        let constant = call.operands[1].isConstant ? JSONPath(call.string(1, 0)) : nil
        call.forEachRow { row in
            guard let path = constant ?? JSONPath(call.string(1, row)) else {
                return call.fail(row, .function("EXTRACTJSONFIELD", reason: "the path is malformed"))
            }
            let text = call.bytes(0, row)
            switch path.find(text) {
            case .found(let range):
                guard let plain = JSONScanner(text).plainText(range) else { return }
                valid.set(row)
                writer.write(row, plain)
            case .absent: return
            case .malformed: call.fail(row, malformed)
            }
        }
        return writer.finish(.string, count: call.count, validity: valid.ifNotFull)
    }

    @Sendable private static func isJSON(_ call: Invocation) -> Column {
        let bits = Bitmap(repeating: false, count: call.count)
        for row in 0..<call.count where call.isValid(0, row) {
            var scanner = JSONScanner(call.bytes(0, row))
            if scanner.skipValue() != nil, scanner.isAtEnd { bits.set(row) }
        }
        return .booleans(bits)
    }

    /// NULL for all but arrays.
    @Sendable private static func arrayLength(_ call: Invocation) -> Column {
        let values = Buffer(capacity: call.count * 4, zeroed: true)
        let out = values.pointer.assumingMemoryBound(to: Int32.self)
        let valid = Bitmap(repeating: false, count: call.count)
        call.forEachRow { row in
            var count: Int32 = 0
            guard let isArray = elements(call.bytes(0, row), { _ in count += 1 }) else {
                return call.fail(row, malformed)
            }
            guard isArray else { return }
            out[row] = count
            valid.set(row)
        }
        values.clear(notIn: valid, width: 4)
        return Column(type: .integer, count: call.count, validity: valid.ifNotFull, storage: .fixed(values))
    }

    /// Calls `body` for each element; false when the text is no array, nil when it is malformed.
    static func elements(_ text: UnsafeRawBufferPointer, _ body: (Range<Int>) -> Void) -> Bool? {
        var whole = JSONScanner(text)
        guard let range = whole.skipValue(), whole.isAtEnd else { return nil }
        guard text[range.lowerBound] == UInt8(ascii: "[") else { return false }
        var scanner = JSONScanner(text)
        return scanner.forEachElement { element in
            body(element)
            return true
        }
    }

    /// The members in the order of the text; of equal keys the last counts. nil when the text is malformed
    /// or no object.
    private static func members(
        _ text: UnsafeRawBufferPointer
    ) -> (isObject: Bool, members: [(key: [UInt8], value: Range<Int>)])? {
        var whole = JSONScanner(text)
        guard let range = whole.skipValue(), whole.isAtEnd else { return nil }
        guard text[range.lowerBound] == UInt8(ascii: "{") else { return (false, []) }
        var members: [(key: [UInt8], value: Range<Int>)] = []
        var places: [[UInt8]: Int] = [:]
        var scanner = JSONScanner(text)
        let reader = scanner
        _ = scanner.forEachMember { key, value in
            let name = reader.string(key)
            if let place = places[name] {
                members[place].value = value
            } else {
                places[name] = members.count
                members.append((key: name, value: value))
            }
            return true
        }
        return (true, members)
    }

    @Sendable private static func keys(_ call: Invocation) -> Column {
        collect(call) { text, builder in
            guard let (isObject, members) = members(text) else { return nil }
            guard isObject else { return false }
            for member in members { member.key.withUnsafeBytes { builder.children[0].append($0) } }
            return true
        }
    }

    @Sendable private static func records(_ call: Invocation) -> Column {
        collect(call) { text, builder in
            guard let (isObject, members) = members(text) else { return nil }
            guard isObject else { return false }
            let reader = JSONScanner(text)
            for member in members {
                member.key.withUnsafeBytes { builder.children[0].append($0) }
                if let plain = reader.plainText(member.value) {
                    plain.withUnsafeBytes { builder.children[1].append($0) }
                } else {
                    "null".utf8.withContiguousStorageIfAvailable {
                        builder.children[1].append(UnsafeRawBufferPointer($0))
                    }
                }
            }
            return true
        }
    }

    @Sendable private static func items(_ call: Invocation) -> Column {
        collect(call) { text, builder in
            let reader = JSONScanner(text)
            return elements(text) { range in
                reader.compact(range).withUnsafeBytes { builder.children[0].append($0) }
            }
        }
    }

    /// Builds a nested column; `body` says false for NULL and nil for malformed text, before it appends
    /// anything.
    private static func collect(
        _ call: Invocation, _ body: (UnsafeRawBufferPointer, ColumnBuilder) -> Bool?
    ) -> Column {
        let builder = ColumnBuilder(type: call.type, capacity: call.count)
        for row in 0..<call.count {
            guard call.validity?[row] ?? true else {
                builder.appendNull()
                continue
            }
            let isThere = body(call.bytes(0, row), builder)
            if isThere == nil { call.fail(row, malformed) }
            if isThere == true { builder.endList() } else { builder.appendNull() }
        }
        return builder.finish()
    }

    /// Objects unite, a later member wins; anything else becomes one array.
    @Sendable private static func concat(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        call.forEachRow { row in
            let texts = call.operands.indices.map { call.bytes($0, row) }
            guard let result = united(texts) else { return call.fail(row, malformed) }
            writer.write(row, result)
        }
        return call.texts(writer)
    }

    private static func united(_ texts: [UnsafeRawBufferPointer]) -> [UInt8]? {
        var objects: [[(key: [UInt8], text: [UInt8])]] = []
        var parts: [[UInt8]] = []
        for text in texts {
            guard let (isObject, members) = members(text) else { return nil }
            let reader = JSONScanner(text)
            if isObject { objects.append(members.map { ($0.key, reader.compact($0.value)) }) }
            let isArray = elements(text) { parts.append(reader.compact($0)) }
            if isArray == false {
                var scanner = JSONScanner(text)
                guard let range = scanner.skipValue() else { return nil }
                parts.append(reader.compact(range))
            }
        }
        guard objects.count == texts.count else {
            return [UInt8(ascii: "[")] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
        }
        var united: [(key: [UInt8], text: [UInt8])] = []
        for member in objects.joined() {
            if let place = united.firstIndex(where: { $0.key == member.key }) {
                united[place] = member
            } else {
                united.append(member)
            }
        }
        var result: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in united.enumerated() {
            if index > 0 { result.append(UInt8(ascii: ",")) }
            member.key.withUnsafeBytes { JSONWriter.append(string: $0, to: &result) }
            result.append(UInt8(ascii: ":"))
            result += member.text
        }
        return result + [UInt8(ascii: "}")]
    }
}
