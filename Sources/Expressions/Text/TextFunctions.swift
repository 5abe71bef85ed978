import Columnar
import Glibc

/// Functions over STRING, and over BYTES where the same makes sense. Characters are Unicode scalars.
enum TextFunctions {
    static let entries: [ScalarFunction] = [
        ScalarFunction("TRIM", signatures: [Signature([.string], returns: .string, trim)]),
        ScalarFunction(
            "LCASE",
            signatures: [Signature([.string], returns: .string) { changeCase($0, upper: false) }]),
        ScalarFunction(
            "UCASE",
            signatures: [Signature([.string], returns: .string) { changeCase($0, upper: true) }]),
        ScalarFunction(
            "LEN",
            signatures: [
                Signature([.string], returns: .integer) { call in
                    integers(call) { Characters.count(call.bytes(0, $0)) }
                },
                Signature([.bytes], returns: .integer) { call in integers(call) { call.bytes(0, $0).count } },
            ]),
        ScalarFunction("SUBSTRING", signatures: [.string, .bytes].flatMap(substrings)),
        ScalarFunction(
            "CONCAT",
            signatures: [
                Signature([.string], repeats: true, returns: .string, strict: false, concat),
                Signature([.bytes], repeats: true, returns: .bytes, strict: false, concat),
            ]),
        ScalarFunction(
            "CONCAT_WS",
            signatures: [
                Signature(
                    [.string, .string], repeats: true, returns: .string, strict: false, concatSeparated),
                Signature([.bytes, .bytes], repeats: true, returns: .bytes, strict: false, concatSeparated),
            ]),
        ScalarFunction(
            "REPLACE", signatures: [Signature([.string, .string, .string], returns: .string, replace)]),
        ScalarFunction(
            "INSTR",
            signatures: [
                Signature([.string, .string], returns: .integer, instr),
                Signature([.string, .string, .integer], returns: .integer, instr),
                Signature([.string, .string, .integer, .integer], returns: .integer, instr),
            ]),
        ScalarFunction(
            "SPLIT",
            signatures: [
                Signature([.string, .string], returns: .array(.string), split),
                Signature([.bytes, .bytes], returns: .array(.bytes), split),
            ]),
        ScalarFunction("LPAD", signatures: pads(left: true)),
        ScalarFunction("RPAD", signatures: pads(left: false)),
    ]

    @inline(__always)
    static func integers(_ call: Invocation, _ body: (Int) -> Int) -> Column {
        let values = Buffer(capacity: call.count * 4, zeroed: true)
        let out = values.pointer.assumingMemoryBound(to: Int32.self)
        call.forEachRow { out[$0] = Int32(truncatingIfNeeded: body($0)) }
        return call.fixed(values)
    }

    private static func substrings(_ pattern: TypePattern) -> [Signature] {
        guard case .type(let type) = pattern else { return [] }
        return [
            Signature([pattern, .integer], returns: type, substring),
            Signature([pattern, .integer, .integer], returns: type, substring),
        ]
    }

    private static func pads(left: Bool) -> [Signature] {
        [
            Signature([.string, .integer, .string], returns: .string) { pad($0, left: left) },
            Signature([.bytes, .integer, .bytes], returns: .bytes) { pad($0, left: left) },
        ]
    }

    // MARK: Kernels

    /// Without the characters up to U+0020 at both ends.
    @Sendable private static func trim(_ call: Invocation) -> Column {
        let source = call.operands[0]
        var writer = TextWriter(count: call.count, sharing: source.column.dataBuffers)
        call.forEachRow { row in
            let text = call.bytes(0, row)
            var (start, end) = (0, text.count)
            while start < end, text[start] <= 32 { start += 1 }
            while end > start, text[end - 1] <= 32 { end -= 1 }
            if end - start == text.count {
                writer.share(row, source.column.views[source.index(row)])
            } else {
                writer.share(row, source.column, at: source.index(row), from: start, length: end - start)
            }
        }
        return call.texts(writer)
    }

    private static func changeCase(_ call: Invocation, upper: Bool) -> Column {
        var writer = TextWriter(count: call.count)
        let first = upper ? UInt8(ascii: "a") : UInt8(ascii: "A")
        call.forEachRow { row in
            let text = call.bytes(0, row)
            let target = writer.room(text.count).assumingMemoryBound(to: UInt8.self)
            var seen: UInt8 = 0
            for index in 0..<text.count {
                let byte = text[index]
                seen |= byte
                target[index] = byte ^ (byte &- first < 26 ? 0x20 : 0)
            }
            if seen < 0x80 {
                writer.commit(row, length: text.count)
            } else {
                let string = call.string(0, row)
                writer.write(row, upper ? string.uppercased() : string.lowercased())
            }
        }
        return call.texts(writer)
    }

    /// Counts from 1, or from the end when negative; 0 is 1. What lies outside is left out.
    @Sendable private static func substring(_ call: Invocation) -> Column {
        let source = call.operands[0]
        let isText = call.type == .string
        var writer = TextWriter(count: call.count, sharing: source.column.dataBuffers)
        call.forEachRow { row in
            let text = call.bytes(0, row)
            let length = isText ? Characters.count(text) : text.count
            let position = Int(call.int32(1, row))
            let start = position < 0 ? max(0, length + position) : min(length, max(0, position - 1))
            var end = length
            if call.operands.count > 2 { end = min(length, start + max(0, Int(call.int32(2, row)))) }
            guard end > start else { return }
            let (from, to) =
                isText && length != text.count
                ? (Characters.offset(text, of: start), Characters.offset(text, of: end)) : (start, end)
            writer.share(row, source.column, at: source.index(row), from: from, length: to - from)
        }
        return call.texts(writer)
    }

    /// NULLs are left out.
    @Sendable private static func concat(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        for row in 0..<call.count {
            var length = 0
            for operand in call.operands { length += operand.column.views[operand.index(row)].length }
            var target = writer.room(length)
            // A NULL's slot is the empty view.
            for operand in call.operands.indices {
                let bytes = call.bytes(operand, row)
                if let base = bytes.baseAddress { memcpy(target, base, bytes.count) }
                target += bytes.count
            }
            writer.commit(row, length: length)
        }
        return writer.finish(call.type, count: call.count, validity: nil)
    }

    /// NULLs are left out; a separator that is NULL makes the result NULL.
    @Sendable private static func concatSeparated(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        var joined: [UInt8] = []
        for row in 0..<call.count where call.isValid(0, row) {
            joined.removeAll(keepingCapacity: true)
            var isFirst = true
            for operand in 1..<call.operands.count where call.isValid(operand, row) {
                if !isFirst { joined += call.bytes(0, row) }
                joined += call.bytes(operand, row)
                isFirst = false
            }
            writer.write(row, joined)
        }
        let validity = call.operands[0].validWords(call.count)
        return writer.finish(call.type, count: call.count, validity: validity)
    }

    @Sendable private static func replace(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        var result: [UInt8] = []
        call.forEachRow { row in
            let (text, old, new) = (call.bytes(0, row), call.bytes(1, row), call.bytes(2, row))
            result.removeAll(keepingCapacity: true)
            var position = 0
            while !old.isEmpty, let found = Characters.find(old, in: text, from: position) {
                result += text[position..<found]
                result += new
                position = found + old.count
            }
            if position == 0 { return writer.write(row, text) }
            result += text[position...]
            writer.write(row, result)
        }
        return call.texts(writer)
    }

    /// Where a text begins, counted from 1; 0 if nowhere. A negative position searches backwards from the
    /// end.
    @Sendable private static func instr(_ call: Invocation) -> Column {
        integers(call) { row in
            let (text, wanted) = (call.bytes(0, row), call.bytes(1, row))
            let position = call.operands.count > 2 ? Int(call.int32(2, row)) : 1
            var occurrence = call.operands.count > 3 ? Int(call.int32(3, row)) : 1
            guard occurrence > 0, !wanted.isEmpty else { return 0 }
            let length = Characters.count(text)
            if position > 0 {
                guard position <= length else { return 0 }
                var start = Characters.offset(text, of: position - 1)
                while let found = Characters.find(wanted, in: text, from: start) {
                    occurrence -= 1
                    if occurrence == 0 { return Characters.count(text[..<found]) + 1 }
                    start = found + 1
                }
                return 0
            }
            guard position < 0, length + position >= 0 else { return 0 }
            var start = Characters.offset(text, of: length + position)
            while start >= 0 {
                if Characters.find(wanted, in: text, from: start) == start {
                    occurrence -= 1
                    if occurrence == 0 { return Characters.count(text[..<start]) + 1 }
                }
                start -= 1
            }
            return 0
        }
    }

    /// Text without the delimiter is the one element; with an empty delimiter each character is one.
    @Sendable private static func split(_ call: Invocation) -> Column {
        let elementType: DataType = call.type == .array(.bytes) ? .bytes : .string
        let builder = ColumnBuilder(type: call.type, capacity: call.count)
        let elements = builder.children[0]
        for row in 0..<call.count {
            guard call.validity?[row] ?? true else {
                builder.appendNull()
                continue
            }
            let (text, delimiter) = (call.bytes(0, row), call.bytes(1, row))
            var position = 0
            if delimiter.isEmpty {
                while position < text.count {
                    let end = elementType == .bytes ? position + 1 : Characters.next(text, position)
                    elements.append(UnsafeRawBufferPointer(rebasing: text[position..<end]))
                    position = end
                }
                if text.isEmpty { elements.append(text) }
            } else {
                while let found = Characters.find(delimiter, in: text, from: position) {
                    elements.append(UnsafeRawBufferPointer(rebasing: text[position..<found]))
                    position = found + delimiter.count
                }
                elements.append(UnsafeRawBufferPointer(rebasing: text[position...]))
            }
            builder.endList()
        }
        return builder.finish()
    }

    private static let longestPadded = 65_536

    /// Filled up with the padding, or cut, to a length; NULL for a negative length or an empty padding.
    private static func pad(_ call: Invocation, left: Bool) -> Column {
        let isText = call.type == .string
        var writer = TextWriter(count: call.count)
        let absent = Bitmap(repeating: false, count: call.count)
        var result: [UInt8] = []
        call.forEachRow { row in
            let (text, padding) = (call.bytes(0, row), call.bytes(2, row))
            let wanted = Int(call.int32(1, row))
            guard wanted >= 0, !padding.isEmpty else { return absent.set(row) }
            // A hostile length must not become memory.
            guard wanted <= longestPadded else {
                absent.set(row)
                return call.fail(row, .function("LPAD and RPAD", reason: "over \(longestPadded) characters"))
            }
            let length = isText ? Characters.count(text) : text.count
            if length >= wanted {
                let end = isText ? Characters.offset(text, of: wanted) : wanted
                return writer.write(row, UnsafeRawBufferPointer(rebasing: text[..<end]))
            }
            result.removeAll(keepingCapacity: true)
            if !left { result += text }
            let period = isText ? Characters.count(padding) : padding.count
            for _ in 0..<(wanted - length) / period { result += padding }
            let rest = (wanted - length) % period
            result += padding[..<(isText ? Characters.offset(padding, of: rest) : rest)]
            if left { result += text }
            writer.write(row, result)
        }
        let validity = call.validity?.subtracting(absent) ?? (absent.isEmpty ? nil : absent.inverted)
        return writer.finish(call.type, count: call.count, validity: validity)
    }
}
