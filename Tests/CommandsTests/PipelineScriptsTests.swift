import Diagnostics
import Testing

@testable import Commands

@Suite("Scripts of a pipeline")
struct PipelineScriptsTests {
    /// The planner's view of `one.sql`, in a folder of these files; `@` in them stands for the folder.
    private func scripts(
        _ files: [String: String], variables: [String: String] = [:]
    ) throws -> PipelineScripts {
        try Workplace.with { place in
            for (name, text) in files {
                try place.write(text.replacing("@", with: place.path + "/"), to: name)
            }
            return try PipelineScripts([place.path + "/one.sql"], variables: variables)
        }
    }

    private static let source = """
        CREATE STREAM clicks (page STRING) WITH (
          connector = 'files', path = '${from}', value_format = 'JSON');
        """

    @Test func scriptsThatAreRunStandInTheirPlace() throws {
        let scripts = try scripts(
            [
                "one.sql": """
                DEFINE from = 'first';
                RUN SCRIPT '@sources.sql';
                CREATE STREAM pages AS SELECT page, '${place}' AS place FROM clicks;
                SHOW VARIABLES;
                SHOW STREAMS;
                """,
                "sources.sql": Self.source + "DEFINE place = 'here';",
            ], variables: ["from": "second"])
        #expect(scripts.planner.plan.catalogue.order == ["CLICKS", "PAGES"])
        #expect(scripts.variables.unusedOverrides.isEmpty)
        #expect(
            scripts.planner.answers.first == """
                variables
                  NAME   VALUE
                  from   second
                  place  here
                """)
        #expect(scripts.planner.answers.count == 2)
    }

    @Test func scriptsThatRunThemselvesAreRefused() {
        let error = #expect(throws: Diagnostic.self) {
            try scripts([
                "one.sql": "RUN SCRIPT '@two.sql';", "two.sql": "SHOW STREAMS;\nRUN SCRIPT '@one.sql';",
            ])
        }
        #expect(error?.code == .invalidStatement)
        #expect(error?.location?.line == 2)
    }

    @Test func scriptsThatAreMissingAreToldWhereTheyAreRun() {
        let error = #expect(throws: Diagnostic.self) {
            try scripts(["one.sql": "SHOW STREAMS;\nRUN SCRIPT '@nowhere.sql';"])
        }
        #expect(error?.code == .io)
        #expect(error?.location?.line == 2)
    }
}
