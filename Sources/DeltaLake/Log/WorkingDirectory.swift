import Glibc

/// Where relative paths begin.
enum WorkingDirectory {
    /// `/` where the system does not tell.
    static var path: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}
