import Columnar

/// Functions over dates and times.
enum TimeFunctions {
    static let entries: [ScalarFunction] = [
        ScalarFunction(
            "UNIX_TIMESTAMP",
            signatures: [
                Signature([], returns: .bigint, volatility: .epoch) { call in
                    Operand.constant(.bigint(call.context.clock), .bigint).column
                },
                Signature([.timestamp], returns: .bigint) { relabelled($0) },
            ]),
        ScalarFunction(
            "UNIX_DATE",
            signatures: [
                Signature([], returns: .integer, volatility: .epoch) { call in
                    let days = Civil.floorDivide(call.context.clock, Civil.millisecondsPerDay)
                    return Operand.constant(.integer(Int32(truncatingIfNeeded: days)), .integer).column
                },
                Signature([.date], returns: .integer) { relabelled($0) },
            ]),
        ScalarFunction("FROM_UNIXTIME", signatures: [Signature([.bigint], returns: .timestamp, relabelled)]),
        ScalarFunction("FROM_DAYS", signatures: [Signature([.integer], returns: .date, relabelled)]),
        ScalarFunction(
            "TIMESTAMPADD",
            signatures: [Signature([.unit, .integer, .timestamp], returns: .timestamp) { shifted($0, 1) }]),
        ScalarFunction(
            "TIMESTAMPSUB",
            signatures: [Signature([.unit, .integer, .timestamp], returns: .timestamp) { shifted($0, -1) }]),
        ScalarFunction(
            "DATEADD", signatures: [Signature([.unit, .integer, .date], returns: .date) { shifted($0, 1) }]),
        ScalarFunction(
            "DATESUB", signatures: [Signature([.unit, .integer, .date], returns: .date) { shifted($0, -1) }]),
        ScalarFunction(
            "TIMEADD", signatures: [Signature([.unit, .integer, .time], returns: .time) { shifted($0, 1) }]),
        ScalarFunction(
            "TIMESUB", signatures: [Signature([.unit, .integer, .time], returns: .time) { shifted($0, -1) }]),
    ]

    /// The same number under another type.
    @Sendable private static func relabelled(_ call: Invocation) -> Column {
        let column = call.operands[0].column
        return Column(
            type: call.type, count: column.count, validity: column.validity, storage: column.storage)
    }

    private static func shifted(_ call: Invocation, _ sign: Int64) -> Column {
        guard let unit = TimeUnit(call.string(0, 0)) else { return .nulls(call.type, count: call.count) }
        let values = Buffer(capacity: call.count * call.type.width, zeroed: true)
        let day = Civil.millisecondsPerDay
        call.forEachRow { row in
            let amount = Int64(call.int32(1, row)) * sign
            switch call.type {
            case .timestamp:
                if let sum = unit.add(amount, to: call.int64(2, row)) {
                    values.pointer.storeBytes(of: sum, toByteOffset: row * 8, as: Int64.self)
                } else {
                    call.fail(row, .overflow(of: "TIMESTAMP"))
                }
            case .date:
                let sum = unit.add(amount, to: Int64(call.int32(2, row)) * day)
                if let sum, let days = Int32(exactly: Civil.floorDivide(sum, day)) {
                    values.pointer.storeBytes(of: days, toByteOffset: row * 4, as: Int32.self)
                } else {
                    call.fail(row, .overflow(of: "DATE"))
                }
            default:
                // The clock goes round at midnight.
                let sum = unit.add(amount, to: Int64(call.int32(2, row))) ?? 0
                let time = sum - Civil.floorDivide(sum, day) * day
                values.pointer.storeBytes(
                    of: Int32(truncatingIfNeeded: time), toByteOffset: row * 4, as: Int32.self)
            }
        }
        return call.fixed(values)
    }
}
