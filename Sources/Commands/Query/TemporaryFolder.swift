import Glibc

/// Where files go that live no longer than a command: `TMPDIR`, or the system's own.
enum TemporaryFolder {
    private static let system = "/tmp"

    static var path: String { getenv("TMPDIR").map { String(cString: $0) } ?? system }

    /// The same, for a place in a text that has quotes of several kinds around it.
    static var plainPath: String {
        let isPlain = path.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || UInt8(ascii: "-")...UInt8(ascii: "9") ~= byte
                || byte == UInt8(ascii: "_")
        }
        return isPlain ? path : system
    }

    /// What `mkstemp` and `mkdtemp` put a name of their own into, with its end.
    static func template(in folder: String) -> [CChar] { Array("\(folder)/millrace-XXXXXX".utf8CString) }
}
