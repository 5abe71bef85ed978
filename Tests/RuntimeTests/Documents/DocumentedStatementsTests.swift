import Columnar
import Diagnostics
import Expressions
import Language
import Storage
import Testing

@testable import Connectors
@testable import Planning

/// What the documentation says of SQL is so: its examples plan, what it calls refused is refused, and no
/// setting or property is missing.
@Suite struct DocumentedStatementsTests {
    /// Plans a block after the ones before it, and has its connectors read their properties.
    private func plan(
        _ block: DocumentPage.Block, after planner: inout PipelinePlanner, _ variables: inout Variables
    ) throws {
        var reader = ScriptReader(block.text, variables: variables)
        while let statement = try reader.next() { try planner.add(statement) }
        variables = reader.variables
        let fileSystem = SimulatedFileSystem()
        for name in planner.plan.catalogue.order {
            guard case .source(let source)? = planner.plan.catalogue.relation(name)?.origin,
                case .files(let path) = source.connector
            else { continue }
            try fileSystem.createDirectory(path.contains("*") ? Path.directory(of: path) : path)
        }
        _ = try SourceFactory(fileSystem: fileSystem, journals: "sources") { _ in }
            .sources(of: planner.plan)
        _ = try SinkFactory(fileSystem: fileSystem).sinks(of: planner.plan)
    }

    private func expectRefusal(
        of block: DocumentPage.Block, _ path: String, _ planner: PipelinePlanner, _ variables: Variables
    ) {
        var other = planner
        var otherVariables = variables
        let refusal = #expect(
            throws: Diagnostic.self, "\(path):\(block.line) is not refused: \(block.text)"
        ) {
            try plan(block, after: &other, &otherVariables)
        }
        let codes: [DiagnosticCode] = [.unsupported, .invalidStatement, .schemaMismatch]
        #expect(
            refusal.map { codes.contains($0.code) } ?? true,
            "\(path):\(block.line): \(refusal?.rendered() ?? "")")
    }

    @Test(arguments: DocumentPage.paths) func statementsRunOrAreRefusedAsThePageSays(path: String) throws {
        let page = try DocumentPage(path)
        #expect(!page.blocks.isEmpty, "\(path) has no block of SQL")
        var planner = PipelinePlanner()
        var variables = Variables()
        for block in page.blocks {
            switch block.kind {
            case .expressions: break
            case .statements:
                do {
                    try plan(block, after: &planner, &variables)
                } catch let error as Diagnostic {
                    Issue.record("\(path):\(block.line): \(error.rendered())")
                }
            case .refused:
                for statement in block.statements { expectRefusal(of: statement, path, planner, variables) }
            }
        }
    }

    /// `expression -- value`: both are equal, or both NULL.
    @Test(arguments: ["docs/sql/expressions.md", "docs/sql/functions.md"])
    func expressionsHaveTheValuesThatThePageGives(path: String) throws {
        let page = try DocumentPage(path)
        var count = 0
        for block in page.blocks where block.kind == .expressions {
            for line in block.text.split(separator: "\n") {
                let parts = line.split(separator: " -- ", maxSplits: 1)
                guard parts.count == 2 else {
                    Issue.record("'\(line)' has no value behind it")
                    continue
                }
                count += 1
                let value = parts[1].trimmingPrefix { $0 == " " }
                let condition = "(\(parts[0])) IS NOT DISTINCT FROM \(value)"
                var planner = PipelinePlanner()
                var reader = ScriptReader(
                    """
                    CREATE STREAM s (x INT) WITH (connector = 'files', path = 'd', value_format = 'JSON');
                    CREATE STREAM t AS SELECT \(condition) AS holds FROM s;
                    """)
                while let statement = try reader.next() { try planner.add(statement) }
                guard case .projection(let expressions)? = planner.plan.queries.first?.shape else {
                    Issue.record("no projection")
                    continue
                }
                #expect(expressions[0].folded == .makeBoolean(true), "\(line)")
            }
        }
        #expect(count > 5)
    }

    @Test func settingsAreListed() throws {
        let listed = try DocumentPage("docs/sql.md").names(below: "## Settings")
        #expect(listed == Set(SettingName.allCases.map(\.rawValue)))
    }

    @Test func propertiesAreListed() throws {
        let words = try DocumentPage("docs/connectors.md").words
        let known = SourceAnalyzer.known + QueryAnalyzer.known + DeltaSinkOptions.known
        #expect(Set(known).subtracting(words).sorted() == [])
    }
}
