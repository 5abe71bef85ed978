import Diagnostics
import Postgres
import Storage

extension Migrations {
    /// The files `*.postgres.sql` beside a pipeline's own, in the order of their names.
    public init(beside scripts: [String], in fileSystem: any FileSystem) throws(Diagnostic) {
        var files: [MigrationFile] = []
        var seen: Set<String> = []
        for script in scripts {
            let folder = Path.directory(of: script)
            guard seen.insert(folder).inserted else { continue }
            files += try Self.files(in: folder, fileSystem)
        }
        self.init(files)
    }

    private static func files(
        in folder: String, _ fileSystem: any FileSystem
    ) throws(Diagnostic) -> [MigrationFile] {
        do throws(StorageError) {
            var files: [MigrationFile] = []
            let names = try fileSystem.list(folder).map(\.name).filter { $0.hasSuffix(MigrationFile.suffix) }
            for name in names.sorted() {
                let path = Path.join(folder, name)
                // The folder's name keeps apart what two pipelines call alike.
                let folderName = Path.name(of: folder)
                files.append(
                    MigrationFile(
                        path: path, name: folderName == "." ? name : Path.join(folderName, name),
                        text: String(decoding: try fileSystem.read(path), as: UTF8.self)))
            }
            return files
        } catch {
            throw Diagnostic(
                .io, "\(error.path) can't be read: \(error.reason)",
                hint: "check its rights: it holds statements for the pipeline's database")
        }
    }
}
