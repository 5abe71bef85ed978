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

    static let flag = Flag(
        "--quality", .value("FILE"),
        "quality rules (FILE.quality.json beside FILE.sql, where it is); none for no rules")

    init(_ arguments: ParsedArguments) { self.init(text: arguments.text("--quality")) }

    /// - Parameter text: what the flag says; nil where it is not given.
    init(text: String?) {
        switch text {
        case nil: self = .besideThePipeline
        case "none": self = .none
        case let name?: self = .named(name)
        }
    }

    /// As the flag has it.
    var text: String? {
        switch self {
        case .besideThePipeline: nil
        case .named(let name): name
        case .none: "none"
        }
    }

    /// Adds the rules to what is planned, if there are any.
    ///
    /// - Parameter scripts: the pipeline's SQL files.
    func add(
        to planner: inout PipelinePlanner, scripts: [String], variables: inout Variables
    ) throws(Diagnostic) {
        let files = LocalFileSystem()
        let path: String
        switch self {
        case .none: return
        case .named(let name): path = name
        case .besideThePipeline:
            let found = scripts.map {
                Path.join(Path.directory(of: $0), RunConfiguration.name(of: $0) + ".quality.json")
            }.filter { (try? files.status($0))?.map { !$0.isDirectory } ?? false }
            guard let first = found.first else { return }
            if found.count > 1 {
                throw Diagnostic(
                    .usage,
                    "there are rules files beside several SQL files: \(found.joined(separator: ", "))",
                    expected: "one for the pipeline", hint: "name it: --quality \(first)")
            }
            path = first
        }
        let bytes: [UInt8]
        do throws(StorageError) { bytes = try files.read(path) } catch {
            throw Diagnostic(
                .io, "the rules file \(path) can't be read: \(error.reason)",
                hint: "check the path, or leave --quality out")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        try planner.addRules(text, file: path, variables: &variables)
    }
}
