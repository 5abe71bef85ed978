import Columnar
import Expressions
import Testing

/// Golden rows of aggregate functions, and their properties.
@Suite struct AggregateTests {
    @Test func countsIgnoreNullsButCountStarDoesNot() throws {
        let column = try AggregateHarness("COUNT", [.string])
        #expect(column.steps([.string("a"), .null, .string("b")]) == [.bigint(1), .bigint(1), .bigint(2)])
        let star = try AggregateFunctions.resolve("count", argumentTypes: [], literals: [])
        let state = Buffer(capacity: 8, zeroed: true)
        let blobs = BlobHeap()
        star.update(
            [], rows: [0, 1, 2], states: [state.pointer, state.pointer, state.pointer], count: 3, blobs: blobs
        )
        #expect(star.results([state.pointer], count: 1, blobs: blobs).value(at: 0) == .bigint(3))
        #expect(
            try AggregateFunctions.resolve("COUNT_DISTINCT", argumentTypes: [.string], literals: [nil])
                .countsDistinct)
    }

    @Test func sumsAreExactAndNullWhereTheyOverflow() throws {
        let sum = try AggregateHarness("SUM", [.decimal(precision: 4, scale: 1)])
        #expect(sum.function.resultType == .decimal(precision: 4, scale: 1))
        #expect(
            sum.steps([decimal("500.9"), decimal("300.8"), .null, decimal("400.8"), decimal("-300.0")]) == [
                decimal("500.9"), decimal("801.7"), decimal("801.7"), .null, decimal("902.5"),
            ])
        let whole = try AggregateHarness("SUM", [.integer])
        #expect(
            whole.steps([.integer(.max), .integer(1), .integer(-1)]) == [
                .integer(.max), .null, .integer(.max),
            ])
        let big = try AggregateHarness("SUM", [.bigint])
        #expect(
            big.steps([.bigint(.max), .bigint(1), .bigint(-2)]) == [.bigint(.max), .null, .bigint(.max - 1)])
        #expect(try AggregateHarness("SUM", [.double]).result() == .double(0))
    }

    @Test func averagesAreDoubles() throws {
        let average = try AggregateHarness("AVG", [.integer])
        #expect(
            average.steps([.integer(1), .integer(2), .integer(2), .null])
                == [.double(1), .double(1.5), .double(1.6666666666666667), .double(1.6666666666666667)])
        let big = try AggregateHarness("AVG", [.bigint])
        #expect(big.steps([.bigint(2), .bigint(.max)]) == [.double(2), .double(4.6116860184273879E18)])
        let money = try AggregateHarness("AVG", [.decimal(precision: 18, scale: 4)])
        #expect(money.steps([decimal("0.1000"), decimal("0.2000")]) == [.double(0.1), .double(0.15)])
    }

    @Test func extremesOfAllTypes() throws {
        let rows: [(DataType, [Value], Value, Value)] = [
            (.integer, [.integer(3), .null, .integer(-7)], .integer(-7), .integer(3)),
            (.bigint, [.bigint(3), .bigint(.min)], .bigint(.min), .bigint(3)),
            (.double, [.double(2.5), .double(-0.5)], .double(-0.5), .double(2.5)),
            (
                .decimal(precision: 38, scale: 2), [decimal("1.10"), decimal("-9.99")], decimal("-9.99"),
                decimal("1.10")
            ),
            (.string, [.string("pear"), .string("apple"), .string("")], .string(""), .string("pear")),
            (
                .string, [.string("a text of over twelve bytes"), .string("a text of over twelve")],
                .string("a text of over twelve"), .string("a text of over twelve bytes")
            ),
            (.bytes, [.bytes([1]), .bytes([255, 0])], .bytes([1]), .bytes([255, 0])),
            (.date, [.date(5), .date(-5)], .date(-5), .date(5)),
            (.timestamp, [.timestamp(5), .timestamp(-5)], .timestamp(-5), .timestamp(5)),
        ]
        for (type, values, least, greatest) in rows {
            #expect(try AggregateHarness("MIN", [type]).steps([.null] + values).last == least)
            #expect(try AggregateHarness("MAX", [type]).steps([.null] + values).last == greatest)
        }
        #expect(try AggregateHarness("MAX", [.string]).result() == .null)
        #expect(throws: TypeError.self) { try AggregateHarness("MIN", [.boolean]) }
    }

    @Test func offsetsKeepTheFirstAndTheLast() throws {
        let rows: [Value] = [.null, .integer(1), .null, .integer(2)]
        func steps(_ name: String, _ options: [Value]) throws -> [Value] {
            let types: [DataType] = options.map { if case .boolean = $0 { .boolean } else { .integer } }
            let harness = try AggregateHarness(
                name, [.integer] + types, literals: [nil] + options.map { .some($0) })
            return rows.map { row in
                harness.update([[row] + options], groups: [0])
                return harness.result()
            }
        }
        #expect(try steps("LATEST_BY_OFFSET", []) == [.null, .integer(1), .integer(1), .integer(2)])
        #expect(try steps("LATEST_BY_OFFSET", [.boolean(false)]) == [.null, .integer(1), .null, .integer(2)])
        #expect(try steps("LAG", []) == [.null, .null, .integer(1), .null])
        #expect(try steps("LAG", [.integer(2)]) == [.null, .null, .null, .integer(1)])
        #expect(try steps("EARLIEST_BY_OFFSET", []) == [.null, .integer(1), .integer(1), .integer(1)])
        #expect(try steps("EARLIEST_BY_OFFSET", [.boolean(false)]) == [.null, .null, .null, .null])
        let last = Value.array([.null, .integer(2)])
        #expect(try steps("LATEST_BY_OFFSET", [.integer(2), .boolean(false)]).last == last)
        #expect(try steps("LATEST_BY_OFFSET", [.integer(1)]).last == .array([.integer(2)]))
        #expect(
            try steps("EARLIEST_BY_OFFSET", [.integer(2), .boolean(false)]).last
                == .array([.null, .integer(1)]))
        #expect(try steps("EARLIEST_BY_OFFSET", [.integer(2)]).first == .array([]))
    }

    @Test func collectionsKeepNulls() throws {
        let list = try AggregateHarness("COLLECT_LIST", [.string])
        #expect(
            list.steps([.string("b"), .null, .string("b")]).last
                == .array([.string("b"), .null, .string("b")]))
        list.update([[.string("b")]], groups: [0], undo: true)
        #expect(list.result() == .array([.string("b"), .null]))
        let set = try AggregateHarness("COLLECT_SET", [.string])
        #expect(
            set.steps([.string("b"), .null, .string("b"), .string("a"), .null]).last
                == .array([.string("b"), .null, .string("a")]))
        var limits = AggregateFunctions.Limits()
        limits.collectList = 1
        let short = try AggregateHarness("COLLECT_LIST", [.integer], limits: limits)
        #expect(short.steps([.integer(0), .integer(100)]) == [.array([.integer(0)]), .array([.integer(0)])])
    }

    @Test func greatestComeFirstAndEarlierOfEqualOnes() throws {
        let types: [DataType] = [.integer, .string, .integer]
        let top = try AggregateHarness("TOPK", types, literals: [nil, nil, .integer(3)])
        #expect(
            top.function.resultType
                == .array(.structure([Field("sort_col", .integer), Field("col0", .string)])))
        let rows: [[Value]] = [
            [.integer(0), .string("zero")], [.integer(100), .string("one")], [.integer(99), .string("two")],
            [.null, .string("three")], [.integer(100), .null],
        ].map { $0 + [.integer(3)] }
        top.update(rows, groups: rows.map { _ in 0 })
        #expect(
            top.result()
                == .array([
                    .structure([.integer(100), .string("one")]), .structure([.integer(100), .null]),
                    .structure([.integer(99), .string("two")]),
                ]))
        let distinct = try AggregateHarness(
            "TOPKDISTINCT", [.double, .integer], literals: [nil, .integer(3)])
        for value in [1.5, -3, 7, 7, -0.5, 1.5] {
            distinct.update([[.double(value), .integer(3)]], groups: [0])
        }
        #expect(distinct.result() == .array([.double(7), .double(1.5), .double(-0.5)]))
        let text = try AggregateHarness("TOPK", [.string, .integer], literals: [nil, .integer(2)])
        for value in ["b", "a", "ba", "c"] { text.update([[.string(value), .integer(2)]], groups: [0]) }
        #expect(text.result() == .array([.string("c"), .string("ba")]))
    }

    @Test func histogramsAndAttributesGoBack() throws {
        let histogram = try AggregateHarness("HISTOGRAM", [.string])
        _ = histogram.steps([.string("alice"), .string("bob"), .string("bob"), .null])
        let expected = Value.map([
            (key: .string("alice"), value: .bigint(1)), (key: .string("bob"), value: .bigint(2)),
        ])
        #expect(histogram.result() == expected)
        histogram.update([[.string("alice")], [.string("bob")]], groups: [0, 0], undo: true)
        #expect(histogram.result() == .map([(key: .string("bob"), value: .bigint(1))]))
        let attribute = try AggregateHarness("ATTR", [.string])
        #expect(
            attribute.steps([.string("1"), .string("1"), .string("3")]) == [
                .string("1"), .string("1"), .null,
            ])
        attribute.update([[.string("3")]], groups: [0], undo: true)
        #expect(attribute.result() == .string("1"))
        #expect(try AggregateHarness("ATTR", [.string]).steps([.null, .string("2")]) == [.null, .null])
    }

    @Test func statistics() throws {
        let variance = try AggregateHarness("STDDEV_SAMP", [.integer])
        #expect(
            variance.steps([.integer(0), .integer(10), .null]) == [.double(0), .double(50), .double(50)])
        let deviation = try AggregateHarness("STDDEV_SAMPLE", [.bigint])
        guard case .double(let value) = deviation.steps([.bigint(500), .bigint(100)]).last else {
            Issue.record("no DOUBLE")
            return
        }
        #expect(abs(value - 282.842712474619) < 1e-9)
        let correlation = try AggregateHarness("CORRELATION", [.double, .double])
        let pairs: [[Value]] = [
            [.double(1.5), .double(8)], [.double(-1), .double(-2)], [.double(-4.5), .double(-1)],
            [.null, .double(-6)],
        ]
        correlation.update(pairs, groups: [0, 0, 0, 0])
        guard case .double(let coefficient) = correlation.result() else {
            Issue.record("no DOUBLE")
            return
        }
        #expect(abs(coefficient - 0.7580764521133173) < 1e-12)
        let list = try AggregateHarness("SUM_LIST", [.array(.integer)])
        #expect(
            list.steps([.array([.integer(1), .integer(1)]), .array([.integer(100), .null]), .null]).last
                == .integer(102))
    }

    private static let cases: [(String, [DataType], [Value?])] = [
        ("COUNT", [.string], [nil]), ("SUM", [.integer], [nil]),
        ("SUM", [.decimal(precision: 30, scale: 2)], [nil]),
        ("AVG", [.integer], [nil]), ("AVG", [.decimal(precision: 10, scale: 2)], [nil]),
        ("MIN", [.string], [nil]),
        ("MAX", [.bigint], [nil]), ("MAX", [.decimal(precision: 30, scale: 2)], [nil]),
        ("LATEST_BY_OFFSET", [.string], [nil]), ("LATEST_BY_OFFSET", [.array(.integer)], [nil]),
        ("EARLIEST_BY_OFFSET", [.string], [nil]), ("EARLIEST_BY_OFFSET", [.boolean], [nil]),
        ("COLLECT_LIST", [.string], [nil]), ("COLLECT_SET", [.integer], [nil]),
        ("HISTOGRAM", [.string], [nil]),
        ("ATTR", [.string], [nil]), ("TOPK", [.integer, .integer], [nil, .integer(3)]),
        ("TOPKDISTINCT", [.string, .integer], [nil, .integer(3)]),
        ("LATEST_BY_OFFSET", [.string, .integer], [nil, .integer(3)]),
        ("EARLIEST_BY_OFFSET", [.string, .integer], [nil, .integer(3)]),
        ("LAG", [.string], [nil]), ("LAG", [.array(.integer), .integer], [nil, .integer(3)]),
    ]

    /// Batches may be cut anywhere, and merging two stretches gives what one state would have seen.
    @Test(arguments: 0..<20)
    func resultsDependOnNoBatchAndNoMerge(seed: Int) throws {
        var random = RandomExpressions(seed: UInt64(seed))
        for (name, types, literals) in AggregateTests.cases {
            let rows = (0..<random.dice.int(1...40)).map { _ in
                zip(types, literals).map { type, literal in
                    literal ?? (random.dice.chance(20) ? .null : random.value(type))
                }
            }
            let whole = try AggregateHarness(name, types, literals: literals)
            whole.update(rows, groups: rows.map { _ in 0 })
            let cut = try AggregateHarness(name, types, literals: literals)
            for row in rows { cut.update([row], groups: [1]) }
            let place = random.dice.int(0...rows.count)
            cut.update(Array(rows[..<place]), groups: rows[..<place].map { _ in 2 })
            cut.update(Array(rows[place...]), groups: rows[place...].map { _ in 3 })
            cut.merge(3, into: 2)
            let expected = whole.result()
            #expect(cut.result(1) == expected, "\(name) of \(types), seed \(seed)")
            #expect(cut.result(2) == expected, "\(name) of \(types), merged, seed \(seed)")
            cut.release()
            #expect(cut.blobs.allocatedBytes == 0)
        }
    }

    /// What was taken out again has never been there, as far as no order of rows matters.
    @Test(arguments: 0..<20)
    func undoneRowsLeaveNoTrace(seed: Int) throws {
        var random = RandomExpressions(seed: UInt64(seed))
        for (name, types, literals) in AggregateTests.cases {
            let harness = try AggregateHarness(name, types, literals: literals)
            guard harness.function.supportsUndo else { continue }
            let rows = (0..<20).map { _ in
                types.map { type in random.dice.chance(20) ? Value.null : random.value(type) }
            }
            harness.update(rows, groups: rows.map { _ in 0 })
            harness.update(Array(rows[10...]).reversed(), groups: rows[10...].map { _ in 0 }, undo: true)
            harness.update(Array(rows[..<10]), groups: rows[..<10].map { _ in 1 })
            if name == "AVG" {
                guard case .double(let a) = harness.result(0), case .double(let b) = harness.result(1) else {
                    continue
                }
                #expect(abs(a - b) <= 1e-6 * max(1, abs(b)), "seed \(seed)")
            } else {
                #expect(harness.result(0) == harness.result(1), "\(name) of \(types), seed \(seed)")
            }
        }
    }
}
