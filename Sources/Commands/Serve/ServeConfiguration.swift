import Broker
import ConnectService
import Diagnostics
import RegistryClient
import RegistryService
import Server
import Storage

/// What `millrace serve` is told: flags over environment over the settings file over what holds otherwise.
struct ServeConfiguration: Sendable {
    var address = ListenAddress()
    /// Where the server's registry of schemas listens; nil is nowhere.
    var registryAddress: ListenAddress?
    /// Where connectors are answered for; nil is nowhere.
    var connectAddress: ListenAddress?
    /// Where clients of Kafka reach the server's topics; nil is nowhere.
    var brokerAddress: ListenAddress?
    /// Where those are told to connect; nil is where it listens.
    var advertisedAddress: ListenAddress?
    var directory = ".millrace/server"
    var threads: Int?
    var triggerMilliseconds: Int?
    var certificatePath: String?
    var keyPath: String?
    /// What the settings file says of that.
    private var connect: String?
    /// Passwords by user.
    var users: [String: String] = [:]
    /// Settings of statements and of ksqlDB's server, by name.
    var properties: [String: String] = [:]
    /// Files whose statements are taken up at the start.
    var files: [String] = []

    private static let known = [
        "listen", "data", "threads", "trigger", "tls.certificate", "tls.key", "user.NAME", "registry.listen",
        "connect.listen", "broker.listen", "broker.advertised",
    ]

    private static let brokerPort: UInt16 = 9092

    init(_ arguments: ParsedArguments, _ file: SettingsFile?) throws(Diagnostic) {
        if let file { try take(file) }
        let given = try arguments.value("--listen") { text throws(Diagnostic) in
            try ListenAddress(text, of: "--listen")
        }
        if let given { address = given }
        let registry = try arguments.value("--registry") { text throws(Diagnostic) in
            try ListenAddress(text, of: "--registry")
        }
        if let registry { registryAddress = registry }
        let broker = try arguments.value("--broker") { text throws(Diagnostic) in
            try ListenAddress(text, of: "--broker", standard: Self.brokerPort)
        }
        if let broker { brokerAddress = broker }
        try takeConnect(arguments.text("--connect") ?? connect, isFlag: arguments.text("--connect") != nil)
        directory = arguments.text("--data") ?? directory
        if directory.isEmpty {
            throw Diagnostic(.usage, "--data is empty", expected: "a directory, such as .millrace/server")
        }
        threads = try arguments.integer("--threads", in: 1...256) ?? threads
        properties.merge(try arguments.pairs("-D")) { $1 }
        files += arguments.all("FILE.sql")
        try checkSecurity()
    }

    private mutating func take(_ file: SettingsFile) throws(Diagnostic) {
        for (name, value) in file.values.sorted(by: { $0.key < $1.key }) {
            do throws(Diagnostic) {
                try take(name, value)
            } catch {
                var told = error
                told.code = .config
                told.location = file.location(of: name)
                throw told
            }
        }
    }

    private mutating func take(_ name: String, _ value: String) throws(Diagnostic) {
        switch name {
        case "listen": address = try ListenAddress(value, of: name)
        case "registry.listen": registryAddress = try ListenAddress(value, of: name)
        case "connect.listen":
            if value.lowercased() != "none" {
                _ = try ListenAddress(value, of: name, standard: Self.connectPort)
            }
            connect = value
        case "broker.listen":
            brokerAddress = try ListenAddress(value, of: name, standard: Self.brokerPort)
        case "broker.advertised":
            advertisedAddress = try ListenAddress(value, of: name, standard: Self.brokerPort)
        case "listeners":
            // ksqlDB's may name several; this server has one.
            let first = value.split(separator: ",").first.map(String.init) ?? value
            address = try ListenAddress(first.filter { $0 != " " }, of: name)
        case "data": directory = value
        case "threads":
            guard let number = Int(value), (1...256).contains(number) else {
                throw Diagnostic(
                    .config, "threads = \(value) is no number of threads",
                    expected: "a whole number from 1 to 256")
            }
            threads = number
        case "trigger":
            triggerMilliseconds = Int(clamping: try DurationText.parse(value, flag: name).wholeMilliseconds)
        case "tls.certificate": certificatePath = value
        case "tls.key": keyPath = value
        case "ksql.queries.file": files.append(value)
        case let user where user.hasPrefix("user."):
            users[String(user.dropFirst("user.".count))] = value
        case let other:
            // ksqlDB's servers have hundreds of settings: those that nothing reads are kept.
            guard other.contains(".") else {
                let suggestion = NearestName.suggestion(for: other, among: Self.known)
                throw Diagnostic(
                    .config, "there is no setting \(other)",
                    expected: Self.known.joined(separator: ", ") + ", or a name of ksqlDB's",
                    hint: suggestion.map { "did you mean \($0)?" })
            }
            properties[other] = value
        }
    }

    /// Beside a server on the usual port connectors have their usual port, too; two servers get on with each
    /// other.
    private mutating func takeConnect(_ text: String?, isFlag: Bool) throws(Diagnostic) {
        guard let text else {
            if address.port == ListenAddress().port {
                connectAddress = ListenAddress(port: Self.connectPort)
            }
            return
        }
        if text.lowercased() == "none" { return }
        connectAddress = try ListenAddress(
            text, of: isFlag ? "--connect" : "connect.listen", standard: Self.connectPort)
    }

    private static let connectPort: UInt16 = 8083

    private func checkSecurity() throws(Diagnostic) {
        guard (certificatePath == nil) == (keyPath == nil) else {
            throw Diagnostic(
                .config, "TLS needs both a certificate and its key",
                expected: "tls.certificate = FILE.pem and tls.key = FILE.pem")
        }
        if address.isSecure == true || registryAddress?.isSecure == true
            || connectAddress?.isSecure == true, certificatePath == nil
        {
            throw Diagnostic(
                .config, "https needs a certificate",
                expected: "tls.certificate = FILE.pem and tls.key = FILE.pem in the settings file")
        }
    }

    /// Whether clients speak TLS with it.
    var isSecure: Bool { certificatePath != nil }

    // MARK: What the server is made of

    func engine(threads standard: Int) -> EngineConfiguration {
        var engine = EngineConfiguration(directory: directory)
        engine.threads = threads ?? standard
        if let triggerMilliseconds { engine.triggerMilliseconds = max(1, triggerMilliseconds) }
        if let id = properties["ksql.service.id"] { engine.serviceID = id }
        for (name, value) in properties {
            // Statements set `auto.offset.reset`, servers `ksql.streams.auto.offset.reset`.
            let prefix = "ksql.streams."
            let isStreams = name.hasPrefix(prefix)
            engine.properties[isStreams ? String(name.dropFirst(prefix.count)) : name] = value
        }
        engine.properties["ksql.service.id"] = nil
        // They hold passwords, and statements have no use for them.
        for name in engine.properties.keys where RegistryConnection.plainName(name) != nil {
            engine.properties[name] = nil
        }
        return engine
    }

    func rest(version: String) throws(Diagnostic) -> RESTConfiguration {
        var rest = RESTConfiguration(version: version)
        rest.host = address.host
        rest.port = address.port
        rest.users = users
        if let (chain, key) = try certificate() { rest.certificate = .init(chain: chain, key: key) }
        rest.properties = [
            "listeners": "\(isSecure ? "https" : "http")://\(address.host):\(address.port)",
            "data": directory,
        ]
        return rest
    }

    /// nil where the registry is not served.
    func registry(version: String) throws(Diagnostic) -> RegistryServerConfiguration? {
        guard let registryAddress else { return nil }
        var registry = RegistryServerConfiguration(version: version)
        registry.host = registryAddress.host
        registry.port = registryAddress.port
        registry.users = users
        if registryAddress.isSecure != false, let (chain, key) = try certificate() {
            registry.tls = .init(certificate: chain, key: key)
        }
        return registry
    }

    /// nil where connectors are not answered for.
    func connect(version: String) throws(Diagnostic) -> ConnectServerConfiguration? {
        guard let connectAddress else { return nil }
        var connect = ConnectServerConfiguration(version: version)
        connect.host = connectAddress.host
        connect.port = connectAddress.port
        connect.users = users
        if connectAddress.isSecure != false, let (chain, key) = try certificate() {
            connect.tls = .init(certificate: chain, key: key)
        }
        return connect
    }

    /// nil where clients of Kafka are not answered.
    func broker(report: @escaping @Sendable (Diagnostic) -> Void) -> BrokerSettings? {
        guard let brokerAddress else { return nil }
        var broker = BrokerSettings()
        broker.address = BrokerAddress(host: brokerAddress.host, port: brokerAddress.port)
        broker.advertised = advertisedAddress.map { BrokerAddress(host: $0.host, port: $0.port) }
        broker.passwords = users
        if let certificatePath, let keyPath {
            broker.tls = TLSFiles(certificate: certificatePath, key: keyPath)
        }
        broker.report = report
        return broker
    }

    private func certificate() throws(Diagnostic) -> (chain: String, key: String)? {
        guard let certificatePath, let keyPath else { return nil }
        return (
            try SettingsFile.text(of: certificatePath, "tls.certificate"),
            try SettingsFile.text(of: keyPath, "tls.key")
        )
    }
}
