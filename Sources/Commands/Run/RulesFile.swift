import Diagnostics
import Language
import Planning
import Storage

/// Which file holds a pipeline's quality rules.
public enum RulesFile: Equatable, Sendable {
    /// `medallion.quality.json` beside `medallion.sql`, where there is one.
    case besideThePipeline
    case named(String)
    /// Rules are not looked at.
    case none

    /// Adds the rules to a plan, if there are any.
    ///
    /// - Parameter script: the pipeline's first SQL file.
    func add(
        to plan: inout PipelinePlan, script: String, variables: inout Variables
    ) throws(Diagnostic) {
        let files = LocalFileSystem()
        let path: String
        switch self {
        case .none: return
        case .named(let name): path = name
        case .besideThePipeline:
            path = Path.join(
                Path.directory(of: script), RunConfiguration.name(of: script) + ".quality.json")
            guard let status = try? files.status(path), !status.isDirectory else { return }
        }
        let bytes: [UInt8]
        do throws(StorageError) { bytes = try files.read(path) } catch {
            throw Diagnostic(
                .io, "the rules file \(path) can't be read: \(error.reason)",
                hint: "check the path, or leave --quality out")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        try RuleFileReader.add(text, file: path, variables: &variables, to: &plan)
    }
}
