import Diagnostics
import Storage
import Synchronization

/// A file that the loaders of one range read together: opened at first use, closed with the last of them.
final class SharedFile: Sendable {
    let path: String
    private let key: FileKey
    private let fingerprint: HeadFingerprint
    private let fileSystem: any FileSystem
    private let state: Mutex<State>

    private struct State {
        var file: (any ReadableFile)?
        var isVerified = false
    }

    init(
        _ path: String, key: FileKey, fingerprint: HeadFingerprint, in fileSystem: any FileSystem,
        opened: (any ReadableFile)? = nil
    ) {
        self.path = path
        self.key = key
        self.fingerprint = fingerprint
        self.fileSystem = fileSystem
        state = Mutex(State(file: opened))
    }

    /// The file, after a look that it is the one that the range was fixed on.
    func opened() throws(Diagnostic) -> any ReadableFile {
        let result = state.withLock { state -> Result<any ReadableFile, Diagnostic> in
            if let file = state.file, state.isVerified { return .success(file) }
            do throws(Diagnostic) {
                let file = try open(state.file)
                state = State(file: file, isVerified: true)
                return .success(file)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func open(_ known: (any ReadableFile)?) throws(Diagnostic) -> any ReadableFile {
        do throws(StorageError) {
            let file: any ReadableFile
            if let known { file = known } else { file = try fileSystem.open(path) }
            let status = try file.status()
            // Device numbers may change with a restart of the machine: inode and head are enough here.
            let head = try HeadFingerprint.head(of: file)
            if status.inode == key.inode, fingerprint.matches(head) { return file }
        } catch {
            throw FileProblem.of(error, path)
        }
        throw FileProblem.replaced(path)
    }
}
