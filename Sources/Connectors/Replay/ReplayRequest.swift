import Diagnostics
import Formats
import Storage

/// What a replay asks of a pipeline that is at work with its state directory: to end its epoch, let go of the
/// directory, wait, and go on by the new statements once they are in place.
///
/// A file in the state directory, there for as long as the replay wants the directory.
public struct ReplayRequest: Sendable, Equatable {
    public let id: String
    /// The new statements, from the root.
    public let files: [String]
    public let variables: [String: String]
    /// The rules file if one was named, from the root, or `none`.
    public let rules: String?

    public init(id: String, files: [String], variables: [String: String], rules: String? = nil) {
        self.id = id
        self.files = files.map(ReplayPlaces.absolute)
        self.variables = variables
        self.rules = rules.map { $0 == "none" ? $0 : ReplayPlaces.absolute($0) }
    }

    private static func path(_ stateDirectory: String) -> String {
        Path.join(ReplayPlaces(state: stateDirectory).folder, "request")
    }

    /// Cheap: a look whether the file is there.
    public static func isMade(in stateDirectory: String, _ fileSystem: any FileSystem) -> Bool {
        ((try? fileSystem.status(path(stateDirectory))) ?? nil) != nil
    }

    public func write(to stateDirectory: String, _ fileSystem: any FileSystem) throws(Diagnostic) {
        let set = variables.sorted { $0.key < $1.key }
        let value: JSONValue = [
            "id": .string(id), "files": .array(files.map { .string($0) }),
            "variables": .object(set.map { .init($0.key, .string($0.value)) }),
            "rules": rules.map { .string($0) } ?? .null,
        ]
        try ReplayFailure.stored { () throws(StorageError) in
            try fileSystem.writeAtomically(text: value.text + "\n", to: Self.path(stateDirectory))
        }
    }

    public static func remove(from stateDirectory: String, _ fileSystem: any FileSystem) {
        try? fileSystem.remove(path(stateDirectory))
    }

    /// nil where there is none, or it can't be read.
    public static func read(from stateDirectory: String, _ fileSystem: any FileSystem) -> ReplayRequest? {
        guard let bytes = try? fileSystem.read(path(stateDirectory)),
            let value = try? JSONValue(parsing: bytes),
            let id = value["id"]?.string
        else { return nil }
        var variables: [String: String] = [:]
        for member in value["variables"]?.members ?? [] { variables[member.name] = member.value.string }
        return ReplayRequest(
            id: id, files: (value["files"]?.array ?? []).compactMap { $0.string }, variables: variables,
            rules: value["rules"]?.string)
    }

    /// Whether the replay that made the request is still at work with the directory.
    public static func isWaitedFor(in stateDirectory: String, _ fileSystem: any FileSystem) -> Bool {
        guard isMade(in: stateDirectory, fileSystem) else { return false }
        var owner = ""
        // Free: the replay has died.
        let folder = ReplayPlaces(state: stateDirectory).folder
        do throws(Diagnostic) {
            return try StateDirectoryLock.ifFree(folder, owner: &owner) == nil
        } catch {
            return true
        }
    }

    /// Whether the swap that this asked for was made.
    public func isFulfilled(in stateDirectory: String, _ fileSystem: any FileSystem) -> Bool {
        ReplayMarker.read(from: stateDirectory, fileSystem)?.request == id
    }
}
