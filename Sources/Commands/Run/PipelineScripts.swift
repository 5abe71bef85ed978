import Diagnostics
import Language
import Planning
import Registry
import Storage

/// Reads the files of a pipeline, and the scripts that they run, as one.
struct PipelineScripts {
    private(set) var planner: PipelinePlanner
    private(set) var variables: Variables
    /// Files that are being read, each run by the one before it.
    private var open: [String] = []

    /// - Parameter registryURL: of the registry of schemas, where the statements name none.
    init(
        _ files: [String], variables: [String: String], registryURL: String? = nil
    ) throws(Diagnostic) {
        self.variables = Variables(overrides: variables)
        let named = registryURL.map { [RegistrySettings.urlName: $0] } ?? [:]
        planner = PipelinePlanner(
            registry: try RegistrySettings.open(named) ?? SchemaRegistry(),
            openRegistry: { settings throws(Diagnostic) in
                try RegistrySettings.open(named.merging(settings) { $1 })
            })
        for file in files { try add(file, runBy: nil) }
    }

    private mutating func add(_ file: String, runBy statement: Statement?) throws(Diagnostic) {
        let place = statement.flatMap { $0.location(of: $0.span) }
        guard !open.contains(file) else {
            throw Diagnostic(
                .invalidStatement, "\(file) would run itself", at: place, hint: "remove the RUN SCRIPT")
        }
        open.append(file)
        defer { open.removeLast() }
        var reader = ScriptReader(try Self.text(of: file, place), file: file, variables: variables)
        while let statement = try reader.next() {
            switch statement.kind {
            case .runScript(let path):
                variables = reader.variables
                try add(path, runBy: statement)
                reader.variables = variables
            case .show(let show) where show.subject == .variables:
                planner.answer(
                    Listing(
                        "variables", ["NAME", "VALUE"], reader.variables.all.map { [$0.name, $0.value] }))
            default: try planner.add(statement)
            }
        }
        variables = reader.variables
    }

    /// Adds the rules of a pipeline's rules file.
    mutating func add(_ rules: RulesFile, scripts: [String]) throws(Diagnostic) {
        try rules.add(to: &planner, scripts: scripts, variables: &variables)
    }

    /// Adds a connector that a file of Kafka Connect's JSON describes.
    mutating func add(connector file: String) throws(Diagnostic) {
        let text: String
        do throws(StorageError) {
            text = String(decoding: try LocalFileSystem().read(file), as: UTF8.self)
        } catch {
            throw Diagnostic(
                .io, "\(file) can't be read: \(error.reason)", hint: "check the path that --connector gives")
        }
        try planner.add(try ConnectConfiguration(parsing: text, file: file).statement)
    }

    private static func text(of file: String, _ place: SourceLocation?) throws(Diagnostic) -> String {
        do throws(StorageError) {
            return String(decoding: try LocalFileSystem().read(file), as: UTF8.self)
        } catch {
            throw Diagnostic(
                .io, "\(file) can't be read: \(error.reason)", at: place,
                hint: "check the path of the SQL file")
        }
    }
}
