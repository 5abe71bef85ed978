import Diagnostics
import Language
import Planning
import Testing

@testable import Connectors

/// What can be replayed from is found in the plan, by what its select list holds.
@Suite struct BronzeSearchTests {
    private static let source = """
        CREATE STREAM lines (a STRING) WITH (connector = 'files', path = '/tmp', value_format = 'JSON');

        """

    private func plan(_ text: String) throws -> PipelinePlan {
        var planner = PipelinePlanner()
        var reader = ScriptReader(Self.source + text, file: "test.sql", variables: Variables())
        while let statement = try reader.next() { try planner.add(statement) }
        return planner.plan
    }

    private func sink(_ name: String, _ stream: String, _ path: String) -> String {
        """
        CREATE SINK CONNECTOR \(name) WITH (
          'connector.class' = 'delta', 'from' = '\(stream)', 'path' = '\(path)');

        """
    }

    /// A bronze with some select list, and a table made from the source.
    private func pipeline(_ list: String, tail: String = "") throws -> PipelinePlan {
        try plan(
            "CREATE STREAM kept AS SELECT \(list) FROM lines\(tail);\n"
                + "CREATE STREAM others AS SELECT a FROM lines;\n" + sink("first", "kept", "lake/raw/events")
                + sink("second", "others", "lake/fine/events"))
    }

    private static let text = "FROM_BYTES(ROWRAW, 'utf8')"
    private static let fallback = "CASE WHEN FROM_BYTES(ROWRAW, 'utf8') IS NULL THEN ROWRAW END"
    private static let place = "ROWSOURCE AS f, ROWOFFSET AS o"

    @Test func theRecordMayBeTextWithAFallbackOrBytes() throws {
        let both = try BronzeSearch.find(
            "raw", in: pipeline("\(Self.text) AS t, \(Self.fallback) AS b, \(Self.place)"))[0]
        #expect(both.text == "t" && both.bytes == "b" && both.file == "f" && both.offset == "o")
        #expect(both.clock == nil && both.source.name == "LINES")
        let bytes = try BronzeSearch.find("raw", in: pipeline("ROWRAW AS r, \(Self.place)"))[0]
        #expect(bytes.text == nil && bytes.recordColumns == ["r"])
    }

    @Test(arguments: ["UNIX_TIMESTAMP()", "FROM_UNIXTIME(UNIX_TIMESTAMP())"])
    func theClockIsFound(clock: String) throws {
        let list = "\(clock) AS c, ROWRAW AS r, \(Self.place)"
        #expect(try BronzeSearch.find("raw", in: pipeline(list))[0].clock == "c")
    }

    @Test(arguments: ["FIRST", "kept", "raw"]) func namesOfSinkStreamAndLayerFindIt(name: String) throws {
        let found = try BronzeSearch.find(name, in: pipeline("ROWRAW AS r, \(Self.place)"))
        #expect(found.map(\.sink.name) == ["FIRST"])
    }

    @Test(arguments: [
        ("\(text) AS t, \(place)", "", "the bytes of records that are no text"),
        ("a, \(place)", "", "the record (ROWRAW)"), ("ROWRAW AS r, ROWOFFSET AS o", "", "(ROWSOURCE)"),
        ("ROWRAW AS r, ROWSOURCE AS f", "", "(ROWOFFSET)"),
        ("ROWRAW AS r, \(place)", " WHERE a = 'x'", "leaves rows out"),
    ]) func whatIsMissingIsSaid(list: String, tail: String, message: String) throws {
        let plan = try pipeline(list, tail: tail)
        let error = #expect(throws: Diagnostic.self) { try BronzeSearch.find("first", in: plan) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "-")")
        #expect(error?.expected == BronzePlan.requirement)
    }

    @Test func aStreamBehindAnotherIsNone() throws {
        let plan = try plan(
            "CREATE STREAM a AS SELECT ROWRAW AS r, \(Self.place) FROM lines;\n"
                + "CREATE STREAM b AS SELECT r, f, o FROM a;\n" + sink("deep", "b", "lake/raw/b")
                + sink("near", "a", "lake/raw/a"))
        let error = #expect(throws: Diagnostic.self) { try BronzeSearch.find("deep", in: plan) }
        #expect(error?.message.contains("does not come straight from a source") == true)
        #expect(error?.hint == "replay with --from near")
    }

    @Test func twoOfOneSourceMustBeToldApart() throws {
        let plan = try plan(
            "CREATE STREAM a AS SELECT ROWRAW AS r, \(Self.place) FROM lines;\n"
                + "CREATE STREAM b AS SELECT a FROM lines;\n" + sink("one", "a", "lake/raw/x")
                + sink("two", "a", "lake/raw/y") + sink("other", "b", "lake/fine/b"))
        let error = #expect(throws: Diagnostic.self) { try BronzeSearch.find("raw", in: plan) }
        #expect(error?.hint == "name one: --from one")
        #expect(try BronzeSearch.find("two", in: plan).count == 1)
    }

    @Test func everySourceMustBeCovered() throws {
        let plan = try plan(
            "CREATE STREAM more (b STRING) WITH "
                + "(connector = 'files', path = '/tmp', value_format = 'JSON');\n"
                + "CREATE STREAM a AS SELECT ROWRAW AS r, \(Self.place) FROM lines;\n"
                + "CREATE STREAM b AS SELECT b FROM more;\n" + sink("one", "a", "lake/raw/x")
                + sink("other", "b", "lake/fine/b"))
        let error = #expect(throws: Diagnostic.self) { try BronzeSearch.find("one", in: plan) }
        #expect(error?.message.contains("the records of MORE are in none") == true)
    }

    @Test func keysOfDeduplicatedStreamsAreFoundThroughProjections() throws {
        let plan = try plan(
            "CREATE STREAM a AS SELECT a AS id, 1 AS n FROM lines DEDUPLICATE BY a WITHIN 1 MINUTE;\n"
                + "CREATE STREAM b AS SELECT n, id AS name FROM a;\nCREATE STREAM c AS SELECT n FROM a;\n")
        func named(_ stream: String) throws -> [Int]? {
            plan.namingColumns(of: try #require(plan.catalogue.relation(stream)))
        }
        #expect(try named("A") == [0])
        #expect(try named("B") == [1])
        #expect(try named("C") == nil)
    }
}
