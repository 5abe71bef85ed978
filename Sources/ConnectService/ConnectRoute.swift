/// What a path of Kafka Connect's interface names.
enum ConnectRoute: Equatable {
    case root
    case health
    case connectors
    case connector(String)
    case config(String)
    case status(String)
    case topics(String)
    case resetTopics(String)
    case offsets(String)
    case tasks(String)
    case taskStatus(String, String)
    case restartTask(String, String)
    case pause(String)
    case resume(String)
    case stop(String)
    case restart(String)
    case plugins
    case pluginConfig(String)
    case validate(String)
    case loggers
    case logger(String)

    init?(_ path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        if parts.last == "" { parts.removeLast() }
        let rest = Array(parts.dropFirst())
        switch parts.first {
        case nil: self = .root
        case "health" where rest.isEmpty: self = .health
        case "connectors":
            guard let route = Self.connectors(rest) else { return nil }
            self = route
        case "connector-plugins":
            switch (rest.count, rest.dropFirst().joined(separator: "/")) {
            case (0, _): self = .plugins
            case (2, "config"): self = .pluginConfig(rest[0])
            case (3, "config/validate"): self = .validate(rest[0])
            default: return nil
            }
        case "admin" where rest == ["loggers"]: self = .loggers
        case "admin" where rest.count == 2 && rest[0] == "loggers": self = .logger(rest[1])
        default: return nil
        }
    }

    private static func connectors(_ parts: [String]) -> ConnectRoute? {
        guard let name = parts.first else { return .connectors }
        guard parts.count > 1 else { return .connector(name) }
        switch (parts[1], parts.count) {
        case ("config", 2): return .config(name)
        case ("status", 2): return .status(name)
        case ("topics", 2): return .topics(name)
        case ("topics", 3) where parts[2] == "reset": return .resetTopics(name)
        case ("offsets", 2): return .offsets(name)
        case ("tasks", 2): return .tasks(name)
        case ("tasks", 4) where parts[3] == "status": return .taskStatus(name, parts[2])
        case ("tasks", 4) where parts[3] == "restart": return .restartTask(name, parts[2])
        case ("pause", 2): return .pause(name)
        case ("resume", 2): return .resume(name)
        case ("stop", 2): return .stop(name)
        case ("restart", 2): return .restart(name)
        default: return nil
        }
    }
}
