import Diagnostics
import Storage

/// Where the pipelines are that come with the program.
///
/// `<name>/<name>.sql` in the first of: the directory that MILLRACE_PIPELINES names; `pipelines` in the
/// working directory; `pipelines` beside the program's folder (`bin/millrace` of a checkout);
/// `share/millrace/pipelines` of the prefix that the program is installed under; `pipelines` beside the
/// program.
struct PipelineLocation {
    /// Where to look, in order.
    let directories: [String]

    init(_ console: Console) {
        if let chosen = console.environment("MILLRACE_PIPELINES"), !chosen.isEmpty {
            directories = [chosen]
            return
        }
        var directories = ["pipelines"]
        if let executable = console.executable {
            let folder = Path.directory(of: executable)
            let prefix = Path.directory(of: folder)
            directories += [
                Path.join(prefix, "pipelines"), Path.join(prefix, "share/millrace/pipelines"),
                Path.join(folder, "pipelines"),
            ]
        }
        self.directories = directories
    }

    /// A script of the checkout, or of the prefix that the program is installed under.
    func script(_ name: String) throws(Diagnostic) -> String {
        let files = LocalFileSystem()
        for directory in directories {
            let path = Path.join(Path.directory(of: directory), "scripts/" + name)
            if let status = try? files.status(path), !status.isDirectory { return path }
        }
        throw Diagnostic(
            .notFound,
            "the script \(name) is not there: no scripts/\(name) beside "
                + directories.joined(separator: ", "),
            hint: "start in the folder that has pipelines/ and scripts/")
    }

    /// The SQL file of a pipeline.
    func file(of name: String, in files: any FileSystem) throws(Diagnostic) -> String {
        for directory in directories {
            let path = Path.join(directory, "\(name)/\(name).sql")
            if let status = try? files.status(path), !status.isDirectory { return path }
        }
        throw Diagnostic(
            .notFound,
            "the pipeline \(name) is not there: no \(name)/\(name).sql in "
                + directories.joined(separator: ", "),
            expected: "a folder pipelines with it, in the working directory or beside the program",
            hint: "start in the folder that has pipelines/, or set MILLRACE_PIPELINES to it")
    }
}
