import Columnar
import Expressions
import Testing

private typealias Expr = Expressions.Expression

/// Golden rows: what a ksqlDB user sees.
@Suite struct OperatorTests {
    private let decimals = SQLCase([
        (
            "A", .decimal(precision: 4, scale: 2),
            [decimal("10.10"), decimal("10.10"), decimal("10.10"), .null]
        ),
        (
            "B", .decimal(precision: 4, scale: 2),
            [decimal("2.00"), decimal("-2.00"), decimal("0.00"), decimal("1.00")]
        ),
        ("I", .integer, [.integer(5), .integer(-5), .null, .integer(0)]),
    ])

    @Test func decimalSumHasOneDigitMore() throws {
        let sum = try Expr.makeArithmetic(.add, decimals["A"], decimals["B"])
        #expect(sum.type == .decimal(precision: 5, scale: 2))
        #expect(decimals.evaluate(sum) == [decimal("12.10"), decimal("8.10"), decimal("10.10"), .null])
    }

    @Test func decimalAndIntegerMeetInDecimal() throws {
        let sum = try Expr.makeArithmetic(.add, decimals["A"], decimals["I"])
        #expect(sum.type == .decimal(precision: 13, scale: 2))
        #expect(decimals.evaluate(sum) == [decimal("15.10"), decimal("5.10"), .null, .null])
    }

    @Test func decimalQuotientHasSevenDigitsAndZeroDivisorIsNull() throws {
        let quotient = try Expr.makeArithmetic(.divide, decimals["A"], decimals["B"])
        #expect(quotient.type == .decimal(precision: 11, scale: 7))
        #expect(
            decimals.evaluate(quotient) == [decimal("5.0500000"), decimal("-5.0500000"), .null, .null])
        #expect(decimals.context.takeErrors() == [.divisionByZero: 1])
    }

    @Test func exactHalvesRoundAwayFromZero() throws {
        let data = SQLCase([
            ("A", .decimal(precision: 1, scale: 0), [decimal("1"), decimal("-1"), decimal("3")]),
            ("B", .decimal(precision: 3, scale: 0), [decimal("128"), decimal("128"), decimal("128")]),
            ("C", .decimal(precision: 30, scale: 20), (0..<3).map { _ in decimal("0.50000000000000000000") }),
            (
                "D", .decimal(precision: 30, scale: 20),
                [
                    decimal("0.00000000000000000001"), decimal("-0.00000000000000000001"),
                    decimal("0.00000000000001000000"),
                ]
            ),
        ])
        let quotient = try Expr.makeArithmetic(.divide, data["A"], data["B"])
        #expect(quotient.type == .decimal(precision: 7, scale: 6))
        #expect(data.evaluate(quotient) == [decimal("0.007813"), decimal("-0.007813"), decimal("0.023438")])
        // 61 digits are cut to 38, of which 17 stay behind the point.
        let product = try Expr.makeArithmetic(.multiply, data["C"], data["D"])
        #expect(product.type == .decimal(precision: 38, scale: 17))
        #expect(
            data.evaluate(product)
                == [
                    decimal("0.00000000000000000"), decimal("0.00000000000000000"),
                    decimal("0.00000000000000500"),
                ])
    }

    @Test func comparisonWithNullIsFalse() throws {
        let null = SQLCase([
            ("A", .integer, [.integer(1), .integer(1), .null, .null]),
            ("B", .integer, [.integer(1), .null, .integer(1), .null]),
        ])
        func row(_ expression: Expr) -> [Value] { null.evaluate(expression) }
        let (f, t) = (Value.boolean(false), Value.boolean(true))
        #expect(row(try .makeComparison(.equal, null["A"], null["B"])) == [t, f, f, f])
        #expect(row(try .makeComparison(.notEqual, null["A"], null["B"])) == [f, f, f, f])
        #expect(row(try .makeDistinct(null["A"], from: null["B"])) == [f, t, t, f])
        #expect(row(try .makeDistinct(null["A"], from: null["B"], negated: true)) == [t, f, f, t])
        #expect(row(.makeIsNull(null["B"])) == [f, t, f, t])
    }

    @Test func dividingByZeroCountsOnlyInTheBranchTaken() throws {
        let data = SQLCase([
            ("A", .integer, [.integer(10), .integer(20), .integer(30)]),
            ("B", .integer, [.integer(0), .integer(2), .integer(0)]),
        ])
        let quotient = try Expr.makeArithmetic(.divide, data["A"], data["B"])
        let isZero = try Expr.makeComparison(.equal, data["B"], .makeNumber("0"))
        let guarded = try Expr.makeConditional(
            [(condition: isZero, result: try .makeNumber("-1"))], otherwise: quotient)
        #expect(data.evaluate(guarded) == [.integer(-1), .integer(10), .integer(-1)])
        #expect(data.context.errorCount == 0)
        let shortCircuit = try Expr.makeAnd([
            try .makeNot(isZero), try .makeComparison(.greater, quotient, .makeNumber("5")),
        ])
        #expect(data.evaluate(shortCircuit) == [.boolean(false), .boolean(true), .boolean(false)])
        #expect(data.context.errorCount == 0)
        #expect(data.evaluate(quotient) == [.null, .integer(10), .null])
        #expect(data.context.takeErrors() == [.divisionByZero: 2])
    }

    @Test func overflowIsNullAndCounted() throws {
        let data = SQLCase([("A", .integer, [.integer(.max), .integer(1), .null])])
        let sum = try Expr.makeArithmetic(.add, data["A"], .makeNumber("1"))
        #expect(data.evaluate(sum) == [.null, .integer(2), .null])
        #expect(data.context.takeErrors() == [.overflow(of: "INTEGER"): 1])
    }

    @Test func timesCompareWithTheirText() throws {
        let data = SQLCase([("T", .timestamp, [.timestamp(10), .timestamp(11), .timestamp(9), .null])])
        let later = try Expr.makeComparison(.greater, data["T"], .makeString("1970-01-01T00:00:00.010"))
        let (f, t) = (Value.boolean(false), Value.boolean(true))
        #expect(data.evaluate(later) == [f, t, f, f])
        #expect(throws: TypeError.self) {
            try Expr.makeComparison(.greater, data["T"], .makeString("yesterday"))
        }
    }

    @Test func inListTakesLiteralsOfTheOperandsType() throws {
        let data = SQLCase([("V", .integer, [.integer(1), .integer(4), .integer(5), .null])])
        let list = try [Expr.makeNumber("1"), .makeNumber("2.0"), .makeString("4.000"), .makeNumber("5.10")]
        let among = try Expr.makeAmong(data["V"], list)
        let (f, t) = (Value.boolean(false), Value.boolean(true))
        #expect(data.evaluate(among) == [t, t, f, f])
        #expect(throws: TypeError.self) { try Expr.makeAmong(data["V"], [.makeString("ten")]) }
    }

    @Test func inListMeetsConstructorsAndWrittenNumbers() throws {
        let point = DataType.structure([Field("A", .bigint), Field("B", .bigint)])
        let given: [[Int64?]] = [[1, 2], [2, 2], [3, 2], [4, 2], [5, nil], [7, 2]]
        let rows: [[Value]] = given.map { row in
            row.map { $0.map { .bigint($0) } ?? .null }
        }
        let data = SQLCase([
            ("V", point, rows.map { .structure($0) }),
            ("S", .string, ["10", "x", "true", "1", "2", "3"].map { .string($0) }),
            ("F", .boolean, rows.map { _ in .boolean(true) }),
        ])
        func structure(_ members: [(String, Expr)]) throws -> Expr {
            try .makeStructure(members.map { (name: $0.0, value: $0.1) })
        }
        let two = try Expr.makeNumber("2")
        let list = try [
            structure([("A", .makeNumber("1")), ("B", two)]),
            structure([("A", .makeNumber("3")), ("B", two), ("C", .makeNumber("4"))]),
            structure([("B", two), ("A", .makeNumber("4"))]), structure([("A", .makeNumber("5"))]),
            structure([("A", .makeString("7")), ("B", two)]),
        ]
        let (f, t) = (Value.boolean(false), Value.boolean(true))
        #expect(data.evaluate(try .makeAmong(data["V"], list)) == [t, f, f, t, t, t])
        #expect(throws: TypeError.self) {
            try Expr.makeAmong(data["V"], [structure([("A", data["F"])])])
        }
        let written = try Expr.makeAmong(data["S"], [.makeNumber("10"), .makeBoolean(true)])
        #expect(data.evaluate(written) == [t, f, t, f, f, f])
        #expect(throws: TypeError.self) { try Expr.makeAmong(data["S"], [.column(2, .boolean)]) }
    }

    @Test func medallionPipelineExpressions() throws {
        let data = SQLCase([
            ("TYPE", .string, [.string(" Page_View "), .string("purchase"), .string("refund"), .null]),
            ("PRICE", .string, [.string("19.99"), .string("5"), .string("x"), .null]),
            ("QTY", .string, [.string("2"), .string("3"), .string("1"), .string("1")]),
        ])
        let trimmed = try ScalarFunctions.call("trim", [data["TYPE"]])
        let type = try ScalarFunctions.call("lcase", [trimmed])
        #expect(
            data.evaluate(type)
                == [.string("page_view"), .string("purchase"), .string("refund"), .null])
        let known = try Expr.makeAmong(
            type, ["page_view", "add_to_cart", "purchase", "search"].map { .makeString($0) })
        let (f, t) = (Value.boolean(false), Value.boolean(true))
        #expect(data.evaluate(known) == [t, t, f, f])
        let price = try Expr.makeCast(data["PRICE"], to: .decimal(precision: 18, scale: 4))
        let quantity = try Expr.makeCast(data["QTY"], to: .integer)
        let total = try Expr.makeArithmetic(.multiply, price, quantity)
        #expect(total.type == .decimal(precision: 29, scale: 4))
        #expect(data.evaluate(total) == [decimal("39.9800"), decimal("15.0000"), .null, .null])
        #expect(data.context.takeErrors() == [.invalidCast(to: "DECIMAL(18, 4)"): 1])
    }
}
