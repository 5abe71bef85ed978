import Diagnostics
import Glibc
import Storage

/// A process of a service, for as long as the value lives.
public final class ServiceMember: Sendable {
    /// Sorts members by the time at which they came.
    public let name: String
    public let manifest: ServiceManifest
    private let directory: ServiceDirectory
    private let lock: FileLock

    init(_ name: String, _ manifest: ServiceManifest, _ directory: ServiceDirectory, _ lock: FileLock) {
        self.name = name
        self.manifest = manifest
        self.directory = directory
        self.lock = lock
    }

    /// Leaves: from now on others take its tasks into account as their own.
    deinit { unlink(lock.path) }

    /// How many tasks it is to have now, and among how many processes.
    public func share() throws(Diagnostic) -> (tasks: Int, members: Int) {
        let members = try directory.livingMembers().map(\.name)
        // Before the others have seen it, or where somebody has removed its file, it is one more.
        let place = members.firstIndex(of: name) ?? members.count
        let count = max(members.count, place + 1)
        return (ServiceShare.count(of: manifest.tasks, place: place, members: count), count)
    }

    /// The task's state directory, locked; nil where another process has it.
    public func claim(_ task: Int) throws(Diagnostic) -> StateDirectoryLock? {
        var owner = ""
        return try StateDirectoryLock.ifFree(directory.path(ofTask: task), owner: &owner)
    }

    public func path(ofTask task: Int) -> String { directory.path(ofTask: task) }
}
