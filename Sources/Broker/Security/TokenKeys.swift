import Diagnostics
import Formats
import Storage
import Synchronization

/// The keys of a file, which is read again when it has changed: issuers change their keys.
final class TokenKeys: Sendable {
    private struct State {
        var status: FileStatus?
        var keys: [TokenKey] = []
    }

    private let path: String
    private let fileSystem: any FileSystem
    private let report: @Sendable (Diagnostic) -> Void
    private let state = Mutex(State())

    private static let byteLimit = 1 << 20

    /// - Parameter report: told where the file has become unusable: the former keys hold on.
    init(
        _ path: String, fileSystem: any FileSystem = LocalFileSystem(),
        report: @escaping @Sendable (Diagnostic) -> Void
    ) throws(Diagnostic) {
        self.path = path
        self.fileSystem = fileSystem
        self.report = report
        let (status, keys) = try Self.load(path, fileSystem)
        state.withLock { $0 = State(status: status, keys: keys) }
    }

    /// Those that a token may be signed with.
    ///
    /// - Parameter id: as the token has it; without one all keys of the kind may be it.
    func find(_ algorithm: TokenKey.Algorithm, id: String?) -> [TokenKey] {
        refresh()
        return state.withLock { state in
            state.keys.filter { $0.algorithm == algorithm && (id == nil || $0.id == id) }
        }
    }

    private func refresh() {
        let status = try? fileSystem.status(path)
        guard state.withLock({ $0.status != status }) else { return }
        do throws(Diagnostic) {
            let (status, keys) = try Self.load(path, fileSystem)
            state.withLock { $0 = State(status: status, keys: keys) }
        } catch {
            // Told once for each change.
            state.withLock { $0.status = status }
            report(error)
        }
    }

    private static func load(
        _ path: String, _ fileSystem: any FileSystem
    ) throws(Diagnostic) -> (FileStatus?, [TokenKey]) {
        func unusable(_ reason: String) -> Diagnostic {
            Diagnostic(
                .config, "the keys of tokens in \(path) can't be used: \(reason)",
                expected: "a JWK set with RSA (2048 bits or more) or P-256 keys: "
                    + "{\"keys\": [{\"kty\": \"RSA\", …}]}",
                hint: "save what the issuer's jwks_uri gives")
        }
        var status: FileStatus?
        var bytes: [UInt8] = []
        do throws(StorageError) {
            status = try fileSystem.status(path)
            if let size = status?.size, size <= byteLimit { bytes = try fileSystem.read(path) }
        } catch {
            throw unusable(error.reason)
        }
        guard let size = status?.size else { throw unusable("there is no such file") }
        if size > byteLimit { throw unusable("it is larger than a MiB") }
        guard let all = (try? JSONValue(parsing: bytes))?["keys"]?.array else {
            throw unusable("it is no JWK set")
        }
        let keys = all.compactMap { TokenKey($0) }
        if keys.isEmpty { throw unusable("it has no key that tokens could be signed with here") }
        return (status, keys)
    }
}
