import Diagnostics
import Formats
import Storage

/// Finds tests: ksqlDB's JSON files, whose `tests` are cases, and SQL files with `--@test` in them.
public struct TestFiles {
    private let fileSystem: any FileSystem

    public init(fileSystem: any FileSystem) { self.fileSystem = fileSystem }

    /// The tests of a file, or of all files in a folder and the folders in it, by name.
    ///
    /// In a folder other files are passed over; a file that is named must have tests.
    ///
    /// - Throws: what is wrong with the path or with a file's text.
    public func tests(at path: String) throws(Diagnostic) -> [TestCase] {
        let status = try reading(path) { () throws(StorageError) in
            guard let status = try fileSystem.status(path) else { throw .missing(path: path) }
            return status
        }
        if status.isDirectory { return try folder(path, below: "") }
        let tests = try tests(of: path, called: Path.name(of: path))
        guard tests.isEmpty else { return tests }
        throw Diagnostic(
            .invalidValue, "\(path) has no tests",
            expected: "an SQL file with --@test: NAME, or a JSON object with an array tests",
            hint: "see docs/sql/testing.md")
    }

    private func reading<Value>(
        _ path: String, _ body: () throws(StorageError) -> Value
    ) throws(Diagnostic) -> Value {
        do throws(StorageError) { return try body() } catch {
            throw Diagnostic(
                .io, "\(path) can't be read: \(error.reason)", hint: "name a test file or a folder of them")
        }
    }

    private func folder(_ path: String, below prefix: String) throws(Diagnostic) -> [TestCase] {
        var tests: [TestCase] = []
        let entries = try reading(path) { () throws(StorageError) in try fileSystem.list(path) }
        for entry in entries.sorted(by: { $0.name < $1.name }) {
            let inner = Path.join(path, entry.name)
            let name = prefix + entry.name
            tests +=
                try entry.isDirectory
                ? folder(inner, below: name + "/") : self.tests(of: inner, called: name)
        }
        return tests
    }

    private func tests(of path: String, called name: String) throws(Diagnostic) -> [TestCase] {
        let isJSON = path.hasSuffix(".json")
        guard isJSON || path.hasSuffix(".sql") else { return [] }
        let bytes = try reading(path) { () throws(StorageError) in try fileSystem.read(path) }
        if isJSON { return try queryTests(bytes, path, name) }
        return try ScriptTest.tests(
            of: String(decoding: bytes, as: UTF8.self), path: path, called: name, in: fileSystem
        ).map { TestCase(kind: .script($0)) }
    }

    private func queryTests(
        _ bytes: [UInt8], _ path: String, _ name: String
    ) throws(Diagnostic) -> [TestCase] {
        let json: JSONValue
        do throws(JSONSyntaxError) { json = try JSONValue(parsing: bytes, allowsComments: true) } catch {
            throw Diagnostic(.syntax, "\(path) is no JSON: \(error)", expected: "an object with tests")
        }
        return (json["tests"]?.array ?? []).flatMap { QueryTest.runs(of: $0, file: name) }
            .map { TestCase(kind: .query($0)) }
    }
}
