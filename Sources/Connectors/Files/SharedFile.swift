import Diagnostics
import Storage
import Synchronization

/// A file that the loaders of one range read together: opened at first use, closed with the last of them.
final class SharedFile: Sendable {
    let path: String
    private let key: FileKey
    private let fingerprint: HeadFingerprint
    private let fileSystem: any FileSystem
    private let file: Mutex<(any ReadableFile)?>

    init(
        _ path: String, key: FileKey, fingerprint: HeadFingerprint, in fileSystem: any FileSystem,
        opened: (any ReadableFile)? = nil
    ) {
        self.path = path
        self.key = key
        self.fingerprint = fingerprint
        self.fileSystem = fileSystem
        file = Mutex(opened)
    }

    /// The file, after a look that it is the one that the range was fixed on.
    func opened() throws(Diagnostic) -> any ReadableFile {
        let result = file.withLock { file -> Result<any ReadableFile, Diagnostic> in
            if let file { return .success(file) }
            do throws(Diagnostic) {
                let opened = try open()
                file = opened
                return .success(opened)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func open() throws(Diagnostic) -> any ReadableFile {
        do throws(StorageError) {
            let opened = try fileSystem.open(path)
            let status = try opened.status()
            // Device numbers may change with a restart of the machine: inode and head are enough here.
            let head = try HeadFingerprint.head(of: opened)
            if status.inode == key.inode, fingerprint.matches(head) { return opened }
        } catch {
            throw FileProblem.of(error, path)
        }
        throw FileProblem.replaced(path)
    }
}
