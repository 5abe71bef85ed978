import Diagnostics
import Storage

/// Tells a person which part of a path is missing, and what they probably meant.
enum MissingPath {
    static func diagnostic(_ path: String, in fileSystem: any FileSystem) -> Diagnostic {
        // The topmost part that is missing: all above it is there.
        var missing = path
        var parent = Path.directory(of: path)
        while parent != missing, parent != ".", parent != "/", (try? fileSystem.status(parent)) == nil {
            missing = parent
            parent = Path.directory(of: parent)
        }
        let siblings = (try? fileSystem.list(parent)) ?? []
        let near = NearestName.suggestion(for: Path.name(of: missing), among: siblings.map(\.name).sorted())
        var hint = "create it, or check 'path'"
        if let near {
            let start = missing.hasPrefix(parent + "/") || parent == "/" ? Path.join(parent, near) : near
            hint = "did you mean \(start + path.dropFirst(missing.count))? If not, create it"
        }
        let what = missing == path ? "" : " (\(missing) is missing)"
        return Diagnostic(
            .notFound, "there is no file or directory \(path)\(what)",
            expected: "a file, a directory, or a pattern below a directory that exists", hint: hint)
    }
}
