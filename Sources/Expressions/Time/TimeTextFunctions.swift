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

        /// What an operand names in all rows; nil when it varies, is not there or names nothing.
        func constant(_ call: Invocation, _ operand: Int) -> Found? {
            guard operand < call.operands.count, call.operands[operand].isConstant else { return nil }
            return make(call.string(operand, 0))
        }
    }

    @Sendable private static func format(_ call: Invocation) -> Column {
        var patterns = Lookup { TimePattern($0) }
        var zones = Lookup { ZoneRules.named($0) }
        var writer = TextWriter(count: call.count)
        let instants = Instants(call.operands[0])
        if let pattern = patterns.constant(call, 1), let zone = zones.constant(call, 2) ?? defaultZone(call) {
            let longest = pattern.longestText
            call.forEachRow { row in
                let target = writer.room(longest)
                writer.commit(row, length: pattern.format(instants[row], zone: zone, to: target))
            }
            return call.texts(writer)
        }
        call.forEachRow { row in
            guard let pattern = patterns(call.bytes(1, row)) else {
                return call.fail(row, failure("the pattern is malformed"))
            }
            let zone = call.operands.count > 2 ? zones(call.bytes(2, row)) : .utc
            guard let zone else { return call.fail(row, failure("there is no such time zone")) }
            let target = writer.room(pattern.longestText)
            writer.commit(row, length: pattern.format(instants[row], zone: zone, to: target))
        }
        return call.texts(writer)
    }

    /// UTC where the call names no zone.
    private static func defaultZone(_ call: Invocation) -> ZoneRules? { call.operands.count > 2 ? nil : .utc }

    /// The first operand as milliseconds since the epoch: DATE and days, TIME, or what already is.
    private struct Instants {
        private let operand: Operand
        private let days: Bool
        private let isNarrow: Bool

        init(_ operand: Operand) {
            self.operand = operand
            days = operand.type == .integer || operand.type == .date
            isNarrow = operand.type.width == 4
        }

        @inline(__always) subscript(row: Int) -> Int64 {
            let index = operand.index(row)
            guard isNarrow else { return operand.column.int64s[index] }
            let value = Int64(operand.column.int32s[index])
            return days ? value * Civil.millisecondsPerDay : value
        }
    }

    @Sendable private static func parse(_ call: Invocation) -> Column {
        var patterns = Lookup { TimePattern($0) }
        var zones = Lookup { ZoneRules.named($0) }
        let values = Buffer(capacity: call.count * call.type.width, zeroed: true)
        let constant = patterns.constant(call, 1)
        let constantZone = zones.constant(call, 2) ?? defaultZone(call)
        call.forEachRow { row in
            guard let pattern = constant ?? patterns(call.bytes(1, row)) else {
                return call.fail(row, failure("the pattern is malformed"))
            }
            let zone = constantZone ?? zones(call.bytes(2, row))
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
