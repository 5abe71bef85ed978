import Columnar
import Glibc

/// Functions over STRING that are asked for less often: masks, words, choices, places on earth.
enum MoreTextFunctions {
    static let entries: [ScalarFunction] =
        [
            ScalarFunction("INITCAP", signatures: [Signature([.string], returns: .string, initCap)]),
            ScalarFunction(
                "CHR",
                signatures: [
                    Signature([.integer], returns: .string, character),
                    Signature([.string], returns: .string, character),
                ]),
            ScalarFunction(
                "ELT",
                signatures: [
                    Signature([.integer, .string], repeats: true, returns: .string, strict: false, elt)
                ]),
            ScalarFunction(
                "FIELD",
                signatures: [
                    Signature([.string, .string], repeats: true, returns: .integer, strict: false, field)
                ]),
            ScalarFunction(
                "SPLIT_TO_MAP",
                signatures: [
                    Signature(
                        [.string, .string, .string], returns: .map(key: .string, value: .string), splitToMap)
                ]),
            ScalarFunction(
                "GEO_DISTANCE",
                signatures: [
                    Signature([.double, .double, .double, .double], returns: .double, distance),
                    Signature([.double, .double, .double, .double, .string], returns: .double, distance),
                ]),
        ] + masks

    /// The first letter of each word large, the others small.
    @Sendable private static func initCap(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        call.forEachRow { row in
            var result = ""
            var startsWord = true
            for character in call.string(0, row) {
                result += startsWord ? character.uppercased() : character.lowercased()
                startsWord = character.isWhitespace
            }
            writer.write(row, result)
        }
        return call.texts(writer)
    }

    /// The character of a code point, as a number or as `\u00e4` in UTF-16; NULL where there is none.
    @Sendable private static func character(_ call: Invocation) -> Column {
        var writer = TextWriter(count: call.count)
        call.forEachRow { row in
            let text: String?
            if call.operands[0].type == .integer {
                text = UInt32(exactly: call.int32(0, row)).flatMap { Unicode.Scalar($0) }.map { String($0) }
            } else {
                text = unescaped(call.string(0, row))
            }
            guard let text else {
                return call.fail(row, .function("CHR", reason: "there is no such code point"))
            }
            writer.write(row, text)
        }
        return call.texts(writer)
    }

    private static func unescaped(_ text: String) -> String? {
        var units: [UInt16] = []
        var rest = Substring(text)
        while rest.hasPrefix("\\u"), let unit = UInt16(rest.dropFirst(2).prefix(4), radix: 16) {
            units.append(unit)
            rest = rest.dropFirst(6)
        }
        guard rest.isEmpty, !units.isEmpty else { return nil }
        return String(validating: units, as: UTF16.self)
    }

    /// The n-th of the texts, counted from 1.
    @Sendable private static func elt(_ call: Invocation) -> Column {
        let valid = Bitmap(repeating: false, count: call.count)
        var writer = TextWriter(count: call.count)
        for row in 0..<call.count where call.isValid(0, row) {
            let index = Int(call.int32(0, row))
            guard index >= 1, index < call.operands.count, call.isValid(index, row) else { continue }
            valid.set(row)
            writer.write(row, call.bytes(index, row))
        }
        return writer.finish(.string, count: call.count, validity: valid.ifNotFull)
    }

    /// Where the first text is among the others, counted from 1; 0 when it is not, or NULL.
    @Sendable private static func field(_ call: Invocation) -> Column {
        let values = Buffer(capacity: call.count * 4, zeroed: true)
        let out = values.pointer.assumingMemoryBound(to: Int32.self)
        for row in 0..<call.count where call.isValid(0, row) {
            let found = (1..<call.operands.count).first {
                call.isValid($0, row) && call.bytes($0, row).elementsEqual(call.bytes(0, row))
            }
            out[row] = Int32(found ?? 0)
        }
        return .fixed(.integer, count: call.count, validity: nil, values: values)
    }

    /// `a=1;b=2` as a map; parts without the second delimiter are left out; of equal keys the last counts.
    @Sendable private static func splitToMap(_ call: Invocation) -> Column {
        let builder = ColumnBuilder(type: call.type, capacity: call.count)
        for row in 0..<call.count {
            guard call.validity?[row] ?? true, !call.bytes(1, row).isEmpty, !call.bytes(2, row).isEmpty else {
                builder.appendNull()
                continue
            }
            let (text, entryEnd, keyEnd) = (call.bytes(0, row), call.bytes(1, row), call.bytes(2, row))
            var entries: [(key: [UInt8], value: [UInt8])] = []
            var start = 0
            while start <= text.count {
                let end = Characters.find(entryEnd, in: text, from: start) ?? text.count
                let entry = UnsafeRawBufferPointer(rebasing: text[start..<end])
                if let place = Characters.find(keyEnd, in: entry, from: 0) {
                    let key = Array(entry[..<place])
                    // A value ends where the delimiter comes again.
                    let rest = place + keyEnd.count
                    let valueEnd = Characters.find(keyEnd, in: entry, from: rest) ?? entry.count
                    entries.removeAll { $0.key == key }
                    entries.append((key: key, value: Array(entry[rest..<valueEnd])))
                }
                start = end + entryEnd.count
            }
            for entry in entries {
                entry.key.withUnsafeBytes { builder.children[0].append($0) }
                entry.value.withUnsafeBytes { builder.children[1].append($0) }
            }
            builder.endList()
        }
        return builder.finish()
    }

    /// The great-circle distance (haversine) of two places in degrees, in km or miles.
    @Sendable private static func distance(_ call: Invocation) -> Column {
        let values = Buffer(capacity: call.count * 8, zeroed: true)
        let out = values.pointer.assumingMemoryBound(to: Double.self)
        call.forEachRow { row in
            func degrees(_ operand: Int) -> Double {
                call.operands[operand].column.doubles[call.operands[operand].index(row)]
            }
            var radius = 6371.0
            if call.operands.count > 4 {
                let unit = call.string(4, row).uppercased()
                if unit.hasPrefix("MI") {
                    radius = 3959
                } else if !unit.hasPrefix("KM") {
                    return call.fail(row, .function("GEO_DISTANCE", reason: "the unit is neither KM nor MI"))
                }
            }
            let (a, b) = (degrees(0) * .pi / 180, degrees(2) * .pi / 180)
            guard abs(degrees(0)) <= 90, abs(degrees(2)) <= 90, abs(degrees(1)) <= 180, abs(degrees(3)) <= 180
            else { return call.fail(row, .function("GEO_DISTANCE", reason: "there is no such place")) }
            let (dLat, dLon) = ((b - a) / 2, (degrees(3) - degrees(1)) * .pi / 180 / 2)
            let chord = sin(dLat) * sin(dLat) + sin(dLon) * sin(dLon) * cos(a) * cos(b)
            out[row] = radius * 2 * asin(min(1, chord.squareRoot()))
        }
        return call.fixed(values)
    }

    // MARK: Masks

    private enum Part: Sendable {
        case all, left, right, keepLeft, keepRight
    }

    private static let masks: [ScalarFunction] = [
        ("MASK", Part.all), ("MASK_LEFT", .left), ("MASK_RIGHT", .right), ("MASK_KEEP_LEFT", .keepLeft),
        ("MASK_KEEP_RIGHT", .keepRight),
    ].map { name, part in
        let first: [TypePattern] = part == .all ? [.string] : [.string, .integer]
        let characters: [TypePattern] = [.string, .string, .string, .string]
        return ScalarFunction(
            name,
            signatures: [
                Signature(first, returns: .string, strict: false) { mask($0, part) },
                Signature(first + characters, returns: .string, strict: false) { mask($0, part) },
            ])
    }

    /// Capitals become X, small letters x, digits n, the rest -, or what the last four arguments say; NULL
    /// keeps a kind.
    private static func mask(_ call: Invocation, _ part: Part) -> Column {
        var writer = TextWriter(count: call.count)
        let first = part == .all ? 1 : 2
        let valid = Bitmap(repeating: false, count: call.count)
        for row in 0..<call.count {
            guard (0..<first).allSatisfy({ call.isValid($0, row) }) else { continue }
            let scalars = Array(call.string(0, row).unicodeScalars)
            let given = part == .all ? scalars.count : Int(call.int32(1, row))
            guard given >= 0 else {
                call.fail(row, .function("MASK", reason: "the number of characters is negative"))
                continue
            }
            valid.set(row)
            let number = min(given, scalars.count)
            let range: Range<Int>
            switch part {
            case .all: range = 0..<scalars.count
            case .left: range = 0..<number
            case .right: range = scalars.count - number..<scalars.count
            case .keepLeft: range = number..<scalars.count
            case .keepRight: range = 0..<scalars.count - number
            }
            var symbols: [Unicode.Scalar?] = ["X", "x", "n", "-"]
            for kind in 0..<4 where call.operands.count > first {
                symbols[kind] =
                    call.isValid(first + kind, row)
                    ? call.string(first + kind, row).unicodeScalars.first : nil
            }
            var result = String.UnicodeScalarView()
            for (index, scalar) in scalars.enumerated() {
                let symbol = range.contains(index) ? symbols[kind(of: scalar)] : nil
                result.append(symbol ?? scalar)
            }
            writer.write(row, String(result))
        }
        return writer.finish(.string, count: call.count, validity: valid.ifNotFull)
    }

    private static func kind(of scalar: Unicode.Scalar) -> Int {
        let properties = scalar.properties
        return properties.isUppercase
            ? 0 : properties.isLowercase ? 1 : properties.numericType == .decimal ? 2 : 3
    }
}
