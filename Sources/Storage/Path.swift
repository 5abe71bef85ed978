/// Slash-separated paths as text.
public enum Path {
    /// All before the last slash; `.` when there is none.
    public static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// All behind the last slash.
    public static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.index(after: slash)...])
    }

    public static func join(_ directory: String, _ name: String) -> String {
        directory.isEmpty
            ? name : directory.utf8.last == UInt8(ascii: "/") ? directory + name : directory + "/" + name
    }
}
