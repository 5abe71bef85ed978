import Foundation

/// A disk of a few megabytes that can be made larger or read-only while a program writes to it.
///
/// It is a file system in memory, mounted in a name space of the program's own, so that neither rights nor
/// traces are needed. What is on it when the program ends is copied to `kept`.
struct MountedDisk {
    let folder: String
    var path: String { folder + "/disk" }
    var kept: String { folder + "/disk.kept" }
    private var orders: String { folder + "/orders" }

    private static let script = """
        disk=$1 options=$2 orders=$3
        shift 3
        mount -t tmpfs -o "$options" tmpfs "$disk" || exit 99
        "$@" &
        while kill -0 $! 2>/dev/null; do
            sleep 0.01
            [ -e "$orders" ] || continue
            order=$(cat "$orders")
            # A disk that somebody writes to at this moment can't be made read-only: once more.
            if [ "$order" = kill ]; then kill -KILL $!; else mount -o "remount,$order" "$disk"; fi \\
                2>/dev/null && rm "$orders"
        done
        wait $!
        code=$?
        cp -a "$disk" "$disk.kept"
        exit $code
        """

    static let isPossible: Bool = {
        guard let disk = try? MountedDisk(in: try Place.folder("disk")) else { return false }
        return (try? disk.run(["true"], "size=1m").wait(limit: 60).exitCode) == 0
    }()
    static let isImpossible = "needs unshare -rm, for a disk of its own"

    init(in folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Runs a program with the disk mounted as `options` say, such as `size=4m`.
    func run(_ words: [String], _ options: String) throws -> RunningProgram {
        let space = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"]
        return try RunningProgram(space + ["bash", "-c", Self.script, "bash", path, options, orders] + words)
    }

    /// Mounts it anew with other options, such as `ro` or `size=1g`; returns when that is done.
    func remount(_ options: String) throws { try give(options) }

    /// `kill -9` to the program.
    func kill() throws { try give("kill") }

    private func give(_ order: String) throws {
        try Data(order.utf8).write(to: URL(fileURLWithPath: orders), options: .atomic)
        try waitUntil("the disk's \(order)") { !FileManager.default.fileExists(atPath: orders) }
    }
}
