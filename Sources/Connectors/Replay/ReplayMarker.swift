import Formats
import Storage

/// The last swap of a state directory, for a pipeline that waited for it.
struct ReplayMarker: Sendable, Equatable {
    let epoch: Int64
    let request: String

    private static let name = "replayed"

    func write(to directory: String, _ fileSystem: any FileSystem) throws(StorageError) {
        let value: JSONValue = ["epoch": .number(epoch), "request": .string(request)]
        try fileSystem.writeAtomically(text: value.text + "\n", to: Path.join(directory, Self.name))
    }

    /// nil where nothing was ever swapped.
    static func read(from directory: String, _ fileSystem: any FileSystem) -> ReplayMarker? {
        guard let bytes = try? fileSystem.read(Path.join(directory, name)),
            let value = try? JSONValue(parsing: bytes),
            let epoch = value["epoch"]?.int64, let request = value["request"]?.string
        else { return nil }
        return ReplayMarker(epoch: epoch, request: request)
    }
}
