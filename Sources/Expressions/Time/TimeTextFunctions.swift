import Columnar

/// Functions that format and parse dates and times by patterns.
enum TimeTextFunctions {
    static let entries: [ScalarFunction] = [
        ScalarFunction("TIMESTAMPTOSTRING", signatures: formatting(.bigint)),
        ScalarFunction("FORMAT_TIMESTAMP", signatures: formatting(.timestamp)),
        ScalarFunction(
            "FORMAT_DATE", signatures: [Signature([.date, .string], returns: .string, format)]),
        ScalarFunction(
            "DATETOSTRING", signatures: [Signature([.integer, .string], returns: .string, format)]),
        ScalarFunction(
            "FORMAT_TIME", signatures: [Signature([.time, .string], returns: .string, format)]),
        ScalarFunction("STRINGTOTIMESTAMP", signatures: parsing(.bigint)),
        ScalarFunction("PARSE_TIMESTAMP", signatures: parsing(.timestamp)),
        ScalarFunction(
            "PARSE_DATE", signatures: [Signature([.string, .string], returns: .date, parse)]),
        ScalarFunction(
            "STRINGTODATE", signatures: [Signature([.string, .string], returns: .integer, parse)]),
        ScalarFunction(
            "PARSE_TIME", signatures: [Signature([.string, .string], returns: .time, parse)]),
        ScalarFunction(
            "CONVERT_TZ",
            signatures: [Signature([.timestamp, .string, .string], returns: .timestamp, convert)]),
    ]

    private static func formatting(_ type: TypePattern) -> [Signature] {
        [
            Signature([type, .string], returns: .string, format),
            Signature([type, .string, .string], returns: .string, format),
        ]
    }

    private static func parsing(_ type: DataType) -> [Signature] {
        [
            Signature([.string, .string], returns: type, parse),
            Signature([.string, .string, .string], returns: type, parse),
        ]
    }

    private static func failure(_ reason: String) -> EvaluationFailure {
        .function("time pattern", reason: reason)
    }

    /// Looks a pattern or zone up by its text; neighbouring rows mostly have the same one.
    private struct Lookup<Found> {
        let make: (String) -> Found?
        private var lastText: [UInt8]?
        private var last: Found?

        init(_ make: @escaping (String) -> Found?) { self.make = make }

        mutating func callAsFunction(_ text: UnsafeRawBufferPointer) -> Found? {
            if let lastText, lastText.elementsEqual(text) { return last }
            lastText = Array(text)
            last = make(String(decoding: text, as: UTF8.self))
            return last
        }
    }

    @Sendable private static func format(_ call: Invocation) -> Column {
        var patterns = Lookup { TimePattern($0) }
        var zones = Lookup { ZoneRules.named($0) }
        var writer = TextWriter(count: call.count)
        var text: [UInt8] = []
        call.forEachRow { row in
            guard let pattern = patterns(call.bytes(1, row)) else {
                return call.fail(row, failure("the pattern is malformed"))
            }
            let zone = call.operands.count > 2 ? zones(call.bytes(2, row)) : .utc
            guard let zone else { return call.fail(row, failure("there is no such time zone")) }
            let instant: Int64
            switch call.operands[0].type {
            case .integer, .date: instant = Int64(call.int32(0, row)) * Civil.millisecondsPerDay
            case .time: instant = Int64(call.int32(0, row))
            default: instant = call.int64(0, row)
            }
            text.removeAll(keepingCapacity: true)
            pattern.format(instant, zone: zone, into: &text)
            writer.write(row, text)
        }
        return call.texts(writer)
    }

    @Sendable private static func parse(_ call: Invocation) -> Column {
        var patterns = Lookup { TimePattern($0) }
        var zones = Lookup { ZoneRules.named($0) }
        let values = Buffer(capacity: call.count * call.type.width, zeroed: true)
        call.forEachRow { row in
            guard let pattern = patterns(call.bytes(1, row)) else {
                return call.fail(row, failure("the pattern is malformed"))
            }
            let zone = call.operands.count > 2 ? zones(call.bytes(2, row)) : .utc
            guard let zone else { return call.fail(row, failure("there is no such time zone")) }
            // ksqlDB reads dates, and only these, from the start of longer texts.
            guard let parsed = pattern.parse(call.bytes(0, row), ignoresRest: call.type == .date) else {
                return call.fail(row, failure("the text does not follow the pattern"))
            }
            let number: Int64?
            switch call.type {
            case .integer, .date: number = parsed.days.map { Int64($0) }
            case .time: number = parsed.ofDay.map { Int64($0) }
            default: number = parsed.instant(zone: zone)
            }
            guard let number else { return call.fail(row, failure("there is no such date or time")) }
            if call.type.width == 4 {
                let narrow = Int32(truncatingIfNeeded: number)
                values.pointer.storeBytes(of: narrow, toByteOffset: row * 4, as: Int32.self)
            } else {
                values.pointer.storeBytes(of: number, toByteOffset: row * 8, as: Int64.self)
            }
        }
        return call.fixed(values)
    }

    /// The time that clocks of the second zone show when those of the first show the given one.
    @Sendable private static func convert(_ call: Invocation) -> Column {
        var zones = Lookup { ZoneRules.named($0) }
        let values = Buffer(capacity: call.count * 8, zeroed: true)
        let out = values.pointer.assumingMemoryBound(to: Int64.self)
        call.forEachRow { row in
            guard let from = zones(call.bytes(1, row)), let to = zones(call.bytes(2, row)) else {
                return call.fail(row, failure("there is no such time zone"))
            }
            let instant = from.instant(ofLocal: call.int64(0, row))
            out[row] = instant &+ to.offsetMilliseconds(at: instant)
        }
        return call.fixed(values)
    }
}
