import Broker
import Connectors
import Diagnostics
import Registry
import RegistryService
import Runtime
import Storage

/// The broker in this process: topics on disk, the Kafka protocol in front of them, a registry of schemas.
///
/// Clients are answered from `init` on until `stop`; the directory is this process's for as long.
final class EmbeddedBroker {
    /// Where it listens, with the port that it has.
    var address: BrokerAddress { server.address }
    /// Where clients are told to connect.
    var advertised: BrokerAddress { server.advertised }
    /// Where the registry of schemas answers; nil where it does not.
    let registryURL: String?

    private let lock: StateDirectoryLock
    private let store: TopicStore
    private let server: BrokerServer
    private let registry: RegistryServer?
    private let upkeep = TaskScheduler(threads: 1)

    private static let tickMilliseconds = 1000

    /// - Parameter report: told, on any thread, of what is wrong and does not end it.
    init(
        _ configuration: BrokerConfiguration, report: @escaping @Sendable (Diagnostic) -> Void
    ) throws(Diagnostic) {
        lock = try configuration.lock()
        let store: TopicStore
        do throws(TopicStoreError) {
            store = try TopicStore(
                directory: configuration.directory, fileSystem: LocalFileSystem(),
                durability: configuration.durability, report: report)
        } catch {
            throw error.diagnostic
        }
        var started: BrokerServer?
        do throws(Diagnostic) {
            let server = try BrokerServer(store, try configuration.settings(report: report))
            started = server
            registry = try Self.registry(configuration, report)
            self.server = server
        } catch {
            started?.stop()
            store.close()
            throw error
        }
        self.store = store
        registryURL = registry.flatMap { configuration.registryURL(port: $0.port) }
        _ = upkeep.add {
            for failure in store.tick() { report(failure.diagnostic) }
            return .wait(milliseconds: Self.tickMilliseconds)
        }
    }

    /// nil where it is not wanted, or where nobody has said where and the usual port is taken.
    private static func registry(
        _ configuration: BrokerConfiguration, _ report: (Diagnostic) -> Void
    ) throws(Diagnostic) -> RegistryServer? {
        guard let settings = try configuration.registry(version: MillraceProgram.version) else { return nil }
        let path = Path.join(configuration.directory, "schemas.log")
        let schemas = try SchemaRegistry(storage: try RegistryLog(path, LocalFileSystem()))
        do throws(Diagnostic) {
            return try RegistryServer(schemas, settings)
        } catch {
            if configuration.hasRegistrySetting { throw error }
            var told = error
            told.message = "no registry of schemas is served: " + told.message
            told.hint = "give another place with --registry HOST:PORT, or --registry off"
            report(told)
            return nil
        }
    }

    /// How many topics there are, without those that it keeps for itself.
    var topicCount: Int { store.topics.count { !$0.name.hasPrefix("__") } }

    /// Ends all connections. What was answered is as durable as it was to be; once is enough.
    func stop() {
        registry?.stop()
        server.stop()
        upkeep.stop()
        store.close()
    }
}
