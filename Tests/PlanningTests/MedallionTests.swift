import Diagnostics
import Foundation
import Language
import Planning
import Testing

/// The pipeline that people meet first must always plan.
@Suite struct MedallionTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("pipelines/medallion/medallion.sql")

    private static func plan(_ overrides: [String: String], rules: String? = nil) throws -> PipelinePlan {
        let text = try String(contentsOf: file, encoding: .utf8)
        var reader = ScriptReader(text, file: "medallion.sql", overrides: overrides)
        var planner = PipelinePlanner()
        while let statement = try reader.next() { try planner.add(statement) }
        if let rules {
            var variables = reader.variables
            try planner.addRules(rules, file: "medallion.quality.json", variables: &variables)
        }
        return planner.plan
    }

    @Test func itsRulesAndThoseOfTheDocumentsArePlanned() throws {
        let folder = Self.file.deletingLastPathComponent()
        let own = try String(
            contentsOf: folder.appendingPathComponent("medallion.quality.json"), encoding: .utf8)
        let plan = try Self.plan(["lake": "/lake"], rules: own)
        #expect(plan.quality?.rules.count == 10)
        #expect(plan.sinks.last?.properties.text("path") == "/lake/quality/quarantine")
        let page = try String(
            contentsOf: folder.appendingPathComponent("../../docs/quality.md"), encoding: .utf8)
        let example = try #require(page.components(separatedBy: "```json\n").dropFirst().first)
        let rules = try #require(example.components(separatedBy: "```").first)
        #expect(try Self.plan([:], rules: rules).quality?.rules.count == 7)
    }

    @Test func plansAllItsTables() throws {
        let plan = try Self.plan([:])
        let tables = plan.queries.filter { $0.output.kind == .table }.map(\.output)
        #expect(
            Set(tables.map(\.name)) == [
                "ANOMALIES", "REVENUE", "CONVERSION", "SALES_METRICS", "USER_ENGAGEMENT", "TRAFFIC_ANALYSIS",
            ])
        #expect(tables.allSatisfy { $0.windowing != nil && $0.keyCount >= 1 })
        #expect(plan.query(producing: "SILVER_EVENTS").first?.deduplication?.within == 600_000)
        #expect(plan.sinks.allSatisfy { $0.connectorClass == "delta" })
        #expect(plan.sinks.count == 9)
    }

    @Test func readsAndWritesWhereItIsTold() throws {
        let plan = try Self.plan(["raw": "/in", "lake": "/out"])
        guard case .source(let source)? = plan.catalogue.relation("RAW_EVENTS")?.origin else {
            Issue.record("there is no source RAW_EVENTS")
            return
        }
        #expect(source.connector == .files(path: "/in"))
        #expect(source.maximumFuture == 86_400_000)
        #expect(source.watermarkDelay == 600_000)
        #expect(plan.sinks.compactMap { $0.properties.text("path") }.allSatisfy { $0.hasPrefix("/out/") })
    }

    @Test func countsMoneyInDecimals() throws {
        let plan = try Self.plan([:])
        for (table, column) in [("REVENUE", "TOTAL_REVENUE"), ("SALES_METRICS", "AVG_ORDER_VALUE")] {
            let found = plan.catalogue.relation(table)?.columns.first { $0.name == column }
            guard case .decimal? = found?.type else {
                Issue.record("\(table).\(column) is \(found?.type.sql ?? "not there")")
                continue
            }
        }
    }
}
