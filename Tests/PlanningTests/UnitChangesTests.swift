import Language
import Planning
import Testing

/// Which units a statement changes, against a comparison of all of them.
@Suite struct UnitChangesTests {
    private static let statements = [
        "CREATE STREAM s (k STRING KEY, a INT) WITH (kafka_topic = 's', value_format = 'JSON');",
        "CREATE SOURCE TABLE t (k STRING PRIMARY KEY, b INT) WITH (kafka_topic='t', value_format='JSON');",
        "CREATE STREAM x AS SELECT k, a FROM s;",
        "CREATE TABLE y AS SELECT k, COUNT(*) AS n FROM x GROUP BY k;",
        "CREATE STREAM z AS SELECT x.k AS k, a, b FROM x JOIN t ON x.k = t.k;",
        "INSERT INTO z SELECT k, a, 1 AS b FROM s;",
        "CREATE STREAM f (a INT) WITH (connector = 'files', path = 'none', value_format = 'JSON');",
        "CREATE STREAM g AS SELECT a FROM f;",
        "ALTER STREAM s ADD COLUMN c INT;",
        "CREATE OR REPLACE STREAM x AS SELECT k, a FROM s WHERE a > 1;",
        "CREATE SINK CONNECTOR x WITH ('connector.class' = 'delta', 'from' = 'y', 'path' = 'none');",
        "CREATE OR REPLACE STREAM w AS SELECT k, a FROM x;",
        "TERMINATE x;",
        "DROP STREAM w;",
        "DROP CONNECTOR x;",
        "DROP STREAM g;",
        "TERMINATE INSERTQUERY_4;",
        "DROP STREAM z;",
        "DROP TABLE t;",
        "TERMINATE ALL;",
    ]

    /// By unit: what it is made of, as text.
    private func units(_ plan: PipelinePlan) -> [String: String] {
        var units: [String: String] = [:]
        for unit in plan.units {
            let inputs = unit.inputs.map { "\($0.name) \($0.columns.map(\.name))" }
            units[unit.name] =
                "\(unit.plan.queries.map(\.explanation)) \(inputs) \(unit.plan.sinks.map(\.name))"
        }
        return units
    }

    @Test func nothingThatChangesIsLeftOut() throws {
        var planner = PipelinePlanner()
        for text in Self.statements {
            var reader = ScriptReader(text)
            let before = planner.plan
            let statement = try #require(try reader.next())
            try planner.add(statement)
            let changes = UnitChanges(from: before, to: planner.plan)
            let (old, new) = (units(before), units(planner.plan))
            let told = Set(changes.outlines.map(\.name))
            for (name, unit) in new where old[name] != unit {
                #expect(told.contains(name), "\(text) changes \(name)")
            }
            #expect(told.isSubset(of: new.keys), "\(text) has no such units")
            #expect(changes.removed == Set(old.keys).subtracting(new.keys), "after \(text)")
        }
    }

    @Test func aNewQueryChangesNoOther() throws {
        var planner = PipelinePlanner()
        for text in Self.statements[..<6] {
            var reader = ScriptReader(text)
            let before = planner.plan
            let statement = try #require(try reader.next())
            try planner.add(statement)
            #expect(UnitChanges(from: before, to: planner.plan).outlines.count <= 1, "after \(text)")
        }
    }
}
