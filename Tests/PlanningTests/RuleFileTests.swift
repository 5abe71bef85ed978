import Columnar
import Diagnostics
import Language
import Testing

@testable import Planning

@Suite("Rules files") struct RuleFileTests {
    private static let statements = """
        DEFINE lake = 'data';
        CREATE STREAM raw (id STRING, kind STRING, price DECIMAL(10, 2), at TIMESTAMP)
          WITH (connector = 'files', path = 'raw', value_format = 'JSON');
        CREATE STREAM good AS SELECT id, kind, price FROM raw WHERE id IS NOT NULL;
        CREATE TABLE sums AS SELECT kind, SUM(price) AS total, COUNT(*) AS n FROM good GROUP BY kind;
        CREATE SINK CONNECTOR good_lake WITH ('connector.class' = 'delta', 'from' = 'good', 'path' = 'g');
        CREATE SINK CONNECTOR sums_lake WITH ('connector.class' = 'delta', 'from' = 'sums', 'path' = 's');
        """

    private func plan(_ rules: String, more: String = "") throws(Diagnostic) -> PipelinePlan {
        let file = """
            { "results": "${lake}/results", "quarantine": "${lake}/aside",
              "rules": [\(rules)] }
            """
        return try self.plan(file: file, more: more)
    }

    private func plan(file: String, more: String = "") throws(Diagnostic) -> PipelinePlan {
        var planner = PipelinePlanner()
        var reader = ScriptReader(Self.statements + more)
        while let statement = try reader.next() { try planner.add(statement) }
        var variables = reader.variables
        var plan = planner.plan
        try RuleFileReader.add(file, file: "shop.quality.json", variables: &variables, to: &plan)
        return plan
    }

    private func failure(_ rules: String) -> Diagnostic? {
        do throws(Diagnostic) { _ = try plan(rules) } catch { return error }
        return nil
    }

    @Test(
        "a query counts repeats for a rule only where both see the same rows and keys",
        arguments: [
            (#""where": "price > 0""#, #""columns": ["kind", "id"]"#, "1 minute", "ONCE"),
            (#""where": "price > 1""#, #""columns": ["id", "kind"]"#, "1 minute", nil),
            (#""where": "price > 0""#, #""columns": ["id"]"#, "1 minute", nil),
            (#""where": "price > 0""#, #""columns": ["id", "kind"]"#, "2 minutes", nil),
            // Its query remembers records without a value as well.
            (#""on_fail": []"#, #""columns": ["price"]"#, "1 minute", nil),
        ] as [(String, String, String, String?)])
    func repeats(_ filter: String, _ columns: String, _ within: String, _ query: String?) throws {
        let more = """
            CREATE STREAM once AS SELECT id FROM good WHERE price > 0
              DEDUPLICATE BY id, kind WITHIN 1 MINUTE;
            CREATE STREAM every AS SELECT id FROM good DEDUPLICATE BY price WITHIN 1 MINUTE;
            """
        let limits = #""within": "\#(within)", \#(columns), \#(filter)"#
        let rule = #"{"name": "r", "on": "good", "check": "unique", \#(limits)}"#
        let alone = try plan(rule, more: more)
        #expect(alone.queryFindingRepeats(of: try #require(alone.quality?.rules.first))?.name == query)
        // Another rule takes rows away before the query sees them.
        let other =
            #"{"name": "o", "on": "good", "check": "unique", "within": "1s", "column": "id", "#
            + #""on_fail": ["quarantine"]}"#
        let beside = try plan(rule + ", " + other, more: more)
        #expect(beside.queryFindingRepeats(of: try #require(beside.quality?.rules.first)) == nil)
    }

    @Test("each kind of rule is read, with its defaults")
    func kinds() throws {
        let plan = try plan(
            """
            {"name": "ids", "on": "good", "check": "not_null", "columns": ["id", "kind"]},
            {"name": "prices", "on": "good", "check": "range", "column": "price", "min": 0, "max": 99.5,
             "warn_above": "1%", "fail_above": 0.1, "at_least_rows": 100},
            {"name": "days", "on": "raw", "check": "range", "column": "at", "min": "2020-01-01T00:00:00"},
            {"name": "kinds", "on": "good", "check": "set", "column": "kind", "values": ["a", "b"],
             "fail_above": 3},
            {"name": "once", "on": "good", "check": "unique", "column": "id", "within": "10 minutes",
             "on_fail": ["quarantine", "alert"]},
            // What comes must come steadily.
            {"name": "fresh", "on": "raw", "check": "freshness", "warn_age": "1m", "max_age": "5m",
             "on_fail": []},
            {"name": "steady", "on": "raw", "check": "volume", "window": "1 minute", "on_fail": "stop"},
            {"name": "sane", "on": "sums", "check": "condition", "condition": "total >= 0",
             "where": "kind <> 'x'", "on_fail": ["stop"], "sinks": ["sums_lake"]}
            """)
        let quality = try #require(plan.quality)
        #expect(
            quality.rules.map(\.kind) == [
                .notNull, .range, .range, .set, .unique, .freshness, .volume, .condition,
            ])
        #expect(quality.rules[0].limits == RuleLimits(warning: nil, failure: .rows(0)))
        #expect(quality.rules[0].actions == [.alert])
        #expect(quality.rules[1].limits == RuleLimits(warning: .share(0.01), failure: .share(0.1)))
        #expect(quality.rules[1].leastRows == 100)
        #expect(quality.rules[1].expectation == "PRICE from 0 to 99.5, fails above 10 %, warns above 1 %")
        #expect(quality.rules[3].limits.failure == .rows(3))
        #expect(
            quality.rules[5].check
                == .freshness(FreshnessPlan(isByArrival: true, warning: 60_000, failure: 300_000)))
        #expect(
            quality.rules[6].stoppedSinks == ["GOOD_LAKE", "SUMS_LAKE"], "all sinks that its rows come to")
        #expect(quality.rules[7].stoppedSinks == ["SUMS_LAKE"])
        #expect(plan.sinks.suffix(2).map(\.name) == ["quality_results", "quality_quarantine"])
        #expect(plan.sinks.last?.properties.text("path") == "data/aside")
    }

    @Test(
        "an error has its place in the file, what was expected and what was meant",
        arguments: [
            (
                #"{"name": "a", "on": "goood", "check": "not_null", "columns": "id"}"#,
                "shop.quality.json:2:", "did you mean GOOD?"
            ),
            (
                #"{"name": "a", "on": "good", "check": "not_nul", "columns": "id"}"#, ":2:",
                "did you mean 'not_null'?"
            ),
            (
                #"{"name": "a", "on": "good", "check": "not_null", "columns": "ids"}"#, ":2:",
                "did you mean ID?"
            ),
            (
                #"{"name": "a", "on": "good", "check": "not_null", "colums": "id"}"#, ":2:",
                "did you mean \"columns\"?"
            ),
            (#"{"name": "a", "on": "good", "check": "range", "column": "price"}"#, ":2:", "add \"min\": 0"),
            (#"{"name": "a", "on": "good", "check": "range", "column": "price", "min": "x"}"#, ":2:", ""),
            (
                #"{"name": "a", "on": "good", "check": "condition", "condition": "prise > 0"}"#, ":2:",
                "did you mean PRICE?"
            ),
            (#"{"name": "a", "on": "good", "check": "condition", "condition": "price >"}"#, ":2:", ""),
            (#"{"name": "a", "on": "good", "check": "condition", "condition": "RANDOM() < 1"}"#, ":2:", ""),
            (
                #"{"name": "a", "on": "good", "check": "unique", "column": "id"}"#, ":2:",
                "add \"within\": \"10 minutes\""
            ),
            (#"{"name": "a", "on": "sums", "check": "unique", "column": "kind", "within": 1}"#, ":2:", ""),
            (
                #"{"name": "a", "on": "sums", "check": "not_null", "column": "n", "on_fail": "quarantine"}"#,
                ":2:", ""
            ),
            (
                #"{"name": "a", "on": "good", "check": "volume", "window": "1 m", "on_fail": "quarantine"}"#,
                ":2:", ""
            ),
            (#"{"name": "a", "on": "good", "check": "volume", "window": "soon"}"#, ":2:", ""),
            (
                #"{"name": "a", "on": "good", "check": "not_null", "column": "id", "fail_above": 1.5}"#,
                ":2:", ""
            ),
            (
                #"{"name": "a", "on": "good", "check": "not_null", "column": "id", "on_fail": "stopp"}"#,
                ":2:",
                "did you mean 'stop'?"
            ),
            (
                #"{"name":"a","on":"good","check":"volume","window":9,"on_fail":"stop","sinks":"god_lake"}"#,
                ":2:", "did you mean GOOD_LAKE?"
            ),
            (#"{"name": "${x}", "on": "good", "check": "condition", "condition": "id = '${x}'"}"#, ":2:", ""),
            (#"{"name": "a" "on": "good"}"#, ":2:", ""),
        ])
    func errors(_ rule: String, _ place: String, _ hint: String) throws {
        let found = try #require(failure(rule), "the rule must be refused: \(rule)")
        #expect("\(try #require(found.location))".contains(place))
        if !hint.isEmpty { #expect(found.hint == hint, "\(found)") }
    }

    @Test("a condition's error points into the condition")
    func place() throws {
        let rule = #"{"name": "a", "on": "good", "check": "condition", "condition": "price > 0 AND nme = 1"}"#
        let found = try #require(failure(rule))
        let location = try #require(found.location)
        let line = Array(try #require(location.sourceLine))
        #expect(String(line[(location.column - 1)..<(location.column + 2)]) == "nme")
    }

    @Test("rows that are kept aside need a table for them")
    func noQuarantine() {
        let rule =
            #"{"name": "a", "on": "good", "check": "not_null", "column": "id", "on_fail": "quarantine"}"#
        #expect(throws: Diagnostic.self) {
            try self.plan(file: #"{"results": "r", "rules": [\#(rule)]}"#)
        }
    }

    @Test("two versions of a rule have different signatures")
    func signatures() throws {
        let one = try plan(#"{"name": "a", "on": "good", "check": "unique", "column": "id", "within": 60}"#)
        let other = try plan(
            #"{"name": "a", "on": "good", "check": "unique", "column": "kind", "within": 60}"#)
        #expect(one.quality?.rules[0].signature != other.quality?.rules[0].signature)
    }
}
