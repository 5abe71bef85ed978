import Formats

/// `properties`: SHOW PROPERTIES.
struct PropertyList: Entity {
    private struct Entry {
        let name: String
        let value: String
        let isServers: Bool
    }

    private var entries: [Entry] = []
    private let overwritten: [String]
    private let defaults: [String]

    /// - Parameters:
    ///   - settings: those that statements may set, with what holds where nobody sets them.
    ///   - server: those of the server itself.
    ///   - session: what this request sets.
    init(settings: [String: String], server: [String: String], session: [String: String]) {
        var names = Set(settings.keys)
        names.formUnion(session.keys)
        for name in names.subtracting(server.keys) {
            entries.append(
                Entry(name: name, value: session[name] ?? settings[name] ?? "", isServers: false))
        }
        for (name, value) in server {
            entries.append(Entry(name: name, value: session[name] ?? value, isServers: true))
        }
        entries.sort { $0.name < $1.name }
        overwritten = session.keys.sorted()
        defaults = settings.filter { session[$0.key] == nil && server[$0.key] == nil }.keys.sorted()
    }

    var type: String { "properties" }

    var members: [JSONValue.Member] {
        [
            .init(
                "properties",
                .array(
                    entries.map { entry in
                        [
                            "name": .string(entry.name), "scope": "KSQL", "value": .string(entry.value),
                            "editable": .boolean(!entry.isServers),
                            "level": .string(entry.isServers ? "SERVER" : "QUERY"),
                        ]
                    })),
            .init("overwrittenProperties", .array(overwritten.map { .string($0) })),
            .init("defaultProperties", .array(defaults.map { .string($0) })),
        ]
    }
}
