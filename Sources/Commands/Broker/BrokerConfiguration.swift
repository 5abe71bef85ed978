import Broker
import Connectors
import Diagnostics
import RegistryService
import Storage

/// What `millrace broker` is told: flags over environment over the settings file over what holds otherwise.
struct BrokerConfiguration: Sendable {
    private(set) var address = ListenAddress(port: 9092)
    private(set) var advertised: ListenAddress?
    /// Where the registry of schemas listens; nil is nowhere.
    private(set) var registryAddress: ListenAddress?
    /// Whether somebody has said where, or that it does not.
    private(set) var hasRegistrySetting = false
    private(set) var directory = ".millrace/broker"
    private(set) var durability = TopicStore.Durability.everyAppend
    /// Settings of topics that do not have them of their own, by Kafka's names.
    private(set) var topicDefaults: [String: String] = [:]
    private(set) var passwords: [String: String] = [:]
    private(set) var certificatePath: String?
    private(set) var keyPath: String?
    /// Who signs the certificates of clients, where clients must have one.
    private(set) var authoritiesPath: String?
    /// Which bearer tokens are taken.
    private(set) var tokens = TokenSettings()
    private(set) var createsTopics = true
    private(set) var partitions = 1

    private static let known = [
        "listen", "advertised", "registry.listen", "data", "durability", "tls.certificate", "tls.key",
        "tls.client.authorities", "oauth.keys", "oauth.issuer", "oauth.audience", "oauth.principal",
        "oauth.unsigned", "user.NAME", "topic.NAME", "topics.auto.create", "topics.partitions",
    ]

    private static let registryPort: UInt16 = 8081

    init(_ arguments: ParsedArguments, _ file: SettingsFile?) throws(Diagnostic) {
        if let file { try take(file) }
        if let text = arguments.text("--listen") { try take("listen", text, of: "--listen") }
        if let text = arguments.text("--advertised") { try take("advertised", text, of: "--advertised") }
        if let text = arguments.text("--registry") { try take("registry.listen", text, of: "--registry") }
        if let text = arguments.text("--durability") { try take("durability", text, of: "--durability") }
        for (name, value) in try arguments.pairs("--topic").sorted(by: { $0.key < $1.key }) {
            try take("topic." + name, value, of: "--topic")
        }
        directory = arguments.text("--data") ?? directory
        if directory.isEmpty {
            throw Diagnostic(.usage, "--data is empty", expected: "a directory, such as .millrace/broker")
        }
        if !hasRegistrySetting {
            // Who takes any port for the one takes any for the other.
            registryAddress = ListenAddress(port: address.port == 0 ? 0 : Self.registryPort)
            registryAddress?.host = address.host
        }
        guard (certificatePath == nil) == (keyPath == nil), authoritiesPath == nil || keyPath != nil else {
            throw Diagnostic(
                .config, "TLS needs both a certificate and its key",
                expected: "tls.certificate = FILE.pem and tls.key = FILE.pem")
        }
        guard !tokens.takesUnsigned || tokens.keys == nil else {
            throw Diagnostic(
                .config, "oauth.keys says who signs tokens, and oauth.unsigned takes those of anybody",
                expected: "one of the two", hint: "leave oauth.unsigned out: it is for trying things out")
        }
        guard tokens.takesUnsigned || tokens.keys != nil || tokens == TokenSettings() else {
            throw Diagnostic(
                .config, "nothing says who signs tokens",
                expected: "oauth.keys = FILE, with the issuer's public keys (a JWK set)")
        }
    }

    /// One for this process's own use: on any free port of this machine.
    init(directory: String, servesRegistry: Bool) {
        self.directory = directory
        address.port = 0
        registryAddress = servesRegistry ? ListenAddress(port: 0) : nil
        hasRegistrySetting = true
    }

    private mutating func take(_ file: SettingsFile) throws(Diagnostic) {
        for (name, value) in file.values.sorted(by: { $0.key < $1.key }) {
            do throws(Diagnostic) {
                try take(name, value, of: name)
            } catch {
                var told = error
                told.code = .config
                told.location = file.location(of: name)
                throw told
            }
        }
    }

    private mutating func take(_ name: String, _ value: String, of flag: String) throws(Diagnostic) {
        switch name {
        case "listen": address = try ListenAddress(value, of: flag, standard: 9092)
        case "advertised": advertised = try ListenAddress(value, of: flag, standard: 9092)
        case "registry.listen":
            hasRegistrySetting = true
            registryAddress =
                value == "off" ? nil : try ListenAddress(value, of: flag, standard: Self.registryPort)
        case "data": directory = value
        case "durability":
            switch value {
            case "disk": durability = .everyAppend
            case "lazy": durability = .lazy
            default: throw Diagnostic(.usage, "\(flag) \(value) is unknown", expected: "disk or lazy")
            }
        case "tls.certificate": certificatePath = value
        case "tls.key": keyPath = value
        case "tls.client.authorities": authoritiesPath = value
        case "oauth.keys": tokens.keys = value
        case "oauth.issuer": tokens.issuer = value
        case "oauth.audience": tokens.audience = value
        case "oauth.principal": tokens.principalClaim = value
        case "oauth.unsigned": tokens.takesUnsigned = try Self.flag(name, value)
        case "topics.auto.create": createsTopics = try Self.flag(name, value)
        case "topics.partitions":
            guard let count = Int(value), (1...10_000).contains(count) else {
                throw Diagnostic(
                    .config, "\(name) = \(value) is no number of partitions",
                    expected: "a whole number from 1 to 10000")
            }
            partitions = count
        case let user where user.hasPrefix("user."): passwords[String(user.dropFirst(5))] = value
        case let topic where topic.hasPrefix("topic."):
            let setting = String(topic.dropFirst(6))
            if let reason = BrokerSettings.reasonAgainst(topicSetting: setting, value) {
                throw Diagnostic(.usage, "\(flag) \(setting)=\(value): \(reason)")
            }
            topicDefaults[setting] = value
        default:
            throw Diagnostic(
                .config, "there is no setting \(name)", expected: Self.known.joined(separator: ", "),
                hint: NearestName.suggestion(for: name, among: Self.known).map { "did you mean \($0)?" })
        }
    }

    private static func flag(_ name: String, _ value: String) throws(Diagnostic) -> Bool {
        guard value == "true" || value == "false" else {
            throw Diagnostic(.config, "\(name) = \(value) is unknown", expected: "true or false")
        }
        return value == "true"
    }

    /// Whether a stranger is kept out. Anybody can write a token that nobody has signed.
    var isProtected: Bool {
        if tokens.takesUnsigned { return false }
        return !passwords.isEmpty || authoritiesPath != nil || tokens.keys != nil
    }

    /// Keeps the directory for this process.
    func lock() throws(Diagnostic) -> StateDirectoryLock {
        do throws(Diagnostic) {
            return try StateDirectoryLock(directory)
        } catch {
            var told = error
            told.hint = "stop that process, or give another directory with --data"
            throw told
        }
    }

    /// nil where the registry is not served.
    func registry(version: String) throws(Diagnostic) -> RegistryServerConfiguration? {
        guard let registryAddress else { return nil }
        var registry = RegistryServerConfiguration(version: version)
        registry.host = registryAddress.host
        registry.port = registryAddress.port
        registry.users = passwords
        if registryAddress.isSecure != false, let certificatePath, let keyPath {
            registry.tls = .init(
                certificate: try SettingsFile.text(of: certificatePath, "tls.certificate"),
                key: try SettingsFile.text(of: keyPath, "tls.key"))
        }
        return registry
    }

    /// Where clients of this machine find the registry.
    func registryURL(port: UInt16) -> String? {
        registryAddress?.url(
            port: port, isSecure: registryAddress?.isSecure != false && certificatePath != nil)
    }

    func settings(report: @escaping @Sendable (Diagnostic) -> Void) throws(Diagnostic) -> BrokerSettings {
        var settings = BrokerSettings()
        settings.address = BrokerAddress(host: address.host, port: address.port)
        settings.advertised = advertised.map { BrokerAddress(host: $0.host, port: $0.port) }
        settings.createsTopics = createsTopics
        settings.defaultPartitions = partitions
        settings.topicDefaults = topicDefaults
        settings.passwords = passwords
        if tokens.keys != nil || tokens.takesUnsigned { settings.tokens = tokens }
        if let certificatePath, let keyPath {
            settings.tls = TLSFiles(
                certificate: certificatePath, key: keyPath, clientAuthorities: authoritiesPath)
        }
        settings.report = report
        return settings
    }
}
