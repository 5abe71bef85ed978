import Columnar
import Expressions
import Testing

private typealias Expr = Expressions.Expression

/// What holds for every scalar function, whatever it is given.
@Suite struct FunctionPropertyTests {
    private static let types: [DataType] = [
        .string, .integer, .bigint, .double, .boolean, .bytes, .date, .time, .timestamp,
        .decimal(precision: 12, scale: 3), .array(.string), .array(.integer),
        .map(key: .string, value: .bigint),
    ]

    private static let hostile = [
        "yyyy-MM-dd HH:mm:ss zzz", "D yy", "yyyyyyyyyyyyyyyyyyyyD", "999999999999", "9999999999999 366", "'",
        "[", "$.a[0].b",
        "$", "$..", #"{"a":[{"b":"\ud83d\ude00\u"}]}"#, #"{"a":[{"b":"\ud83d\ude00"}]}"#, "[[[[[[", "0x",
        "X'1'", "hex", "utf8",
        "base64", "ascii", "====", "QQ==", "http://[::1]:99999999999999999999/?a=%zz#", "%", "a=1&b",
        "../../etc/passwd",
        "UTC+25:00", "Europe/London", "GMT-3", "(", "(a+)+$", "\\u00e4", "LITTLE_ENDIAN", "DESC", "KM",
        "\u{0}", "😀😀",
    ]

    /// Calls of a function with arguments that it takes, found by trying.
    private func calls(_ name: String, _ random: inout RandomExpressions) -> [(Expr, [DataType])] {
        var found: [(Expr, [DataType])] = []
        for _ in 0..<400 where found.count < 6 {
            let types = (0..<random.dice.int(0...5)).map { _ in random.dice.pick(FunctionPropertyTests.types)
            }
            var arguments = types.enumerated().map { Expr.column($0, $1) }
            if random.dice.chance(30), !types.isEmpty {
                arguments[0] = .makeString(random.dice.pick(["DAYS", "months", "YEARS", "MILLISECONDS"]))
            }
            guard let call = try? ScalarFunctions.call(name, arguments) else { continue }
            found.append((call, types))
        }
        return found
    }

    private func column(_ type: DataType, count: Int, _ random: inout RandomExpressions) -> Column {
        let builder = ColumnBuilder(type: type)
        for _ in 0..<count {
            if random.dice.chance(15) {
                builder.appendNull()
            } else if type == .string, random.dice.chance(60) {
                builder.append(random.dice.pick(FunctionPropertyTests.hostile))
            } else {
                builder.append(random.value(type))
            }
        }
        return builder.finish()
    }

    @Test(arguments: 0..<12)
    func noInputTrapsAndNoBatchMatters(seed: Int) throws {
        var random = RandomExpressions(seed: UInt64(seed))
        var tried = 0
        for name in ScalarFunctions.names where !["RANDOM", "UUID"].contains(name) {
            for (call, types) in calls(name, &random) {
                tried += 1
                let count = random.dice.pick([1, 40, 70])
                let columns = types.map { column($0, count: count, &random) }
                let compiled = CompiledExpressions([call])
                let errors = EvaluationContext(clock: 1_700_000_000_000)
                let whole = compiled.evaluate(columns, count: count, context: errors)[0]
                #expect(whole.count == count && whole.type == call.type, "\(name), seed \(seed)")
                checkNullSlots(whole)
                let single = EvaluationContext(clock: 1_700_000_000_000)
                for row in 0..<count {
                    let slices = columns.map { $0.slice(row..<row + 1) }
                    let one = compiled.evaluate(slices, count: 1, context: single)[0]
                    if one.value(at: 0) != whole.value(at: row) {
                        let arguments = columns.map { $0.value(at: row) }
                        Issue.record("\(name) of \(arguments) alone gives \(one.value(at: 0)), seed \(seed)")
                        break
                    }
                }
                #expect(single.errorsByReason == errors.errorsByReason, "\(name), seed \(seed)")
            }
        }
        #expect(tried > 400)
    }
}
