import Diagnostics
import Formats

/// What a server answers to a statement, made readable.
struct EntityReport {
    let entity: JSONValue

    init(_ entity: JSONValue) { self.entity = entity }

    /// Where the entity tells of a failure.
    var failure: Diagnostic? {
        if entity["commandStatus"]?["status"]?.string == "ERROR" {
            return Refusal.diagnostic(message: entity["commandStatus"]?["message"]?.string ?? "it failed")
        }
        if kind == "error_entity" || kind == "error" {
            return Refusal.diagnostic(message: entity["errorMessage"]?.string ?? "it failed")
        }
        return Refusal.diagnostic(in: entity)
    }

    /// Notes that the server adds.
    var warnings: [String] {
        (entity["warnings"]?.array ?? []).compactMap { $0["message"]?.string ?? $0.string }
    }

    /// The objects of a list, or the entity itself: what programs read.
    var objects: [JSONValue] {
        let names = [
            "streams", "tables", "queries", "topics", "properties", "functions", "connectors", "variables",
            "connectorPlugins", "sourceDescriptions", "queryDescriptions",
        ]
        for name in names where kind != "describe_function" {
            if let list = entity[name]?.array { return list }
        }
        if let source = entity["sourceDescription"] { return [source] }
        if let query = entity["queryDescription"] { return [query] }
        if let types = entity["types"]?.members {
            return types.map { .object([.init("name", .string($0.name)), .init("schema", $0.value)]) }
        }
        return [entity]
    }

    /// What people read.
    var blocks: [EntityBlock] {
        if let status = entity["commandStatus"] { return [.text(status["message"]?.string ?? "done")] }
        if let list = list { return [list] }
        if let source = entity["sourceDescription"] { return sourceBlocks(source) }
        if let sources = entity["sourceDescriptions"]?.array { return separated(sources.map(sourceBlocks)) }
        if let query = entity["queryDescription"] { return queryBlocks(query) }
        if let queries = entity["queryDescriptions"]?.array { return separated(queries.map(queryBlocks)) }
        if kind == "describe_function" { return functionBlocks }
        if kind == "connector_description" { return connectorBlocks }
        if let message = entity["message"]?.string { return [.text(message)] }
        if let name = entity["connectorName"]?.string { return [.text("Dropped connector \(name)")] }
        if kind == "connector_info", let name = entity["info"]?["name"]?.string {
            return [.text("Created connector \(name)")]
        }
        return other
    }

    private var kind: String { entity["@type"]?.string ?? "" }

    // MARK: Lists

    private var list: EntityBlock? {
        if let streams = entity["streams"]?.array { return sources(streams, "no streams") }
        if let tables = entity["tables"]?.array { return sources(tables, "no tables") }
        if let topics = entity["topics"]?.array, kind != "connector_description" {
            return .table(
                titles: ["Topic", "Partitions", "Replicas"],
                rows: topics.map { topic in
                    let replicas = topic["replicaInfo"]?.array ?? []
                    return [topic["name"] ?? .null, .number(replicas.count), replicas.first ?? .null]
                }, empty: "no topics")
        }
        if let queries = entity["queries"]?.array {
            // The type goes without saying where all are of the usual one.
            let types = queries.contains { $0["queryType"]?.string != "PERSISTENT" } ? ["Type"] : []
            return .table(
                titles: ["Query"] + types + ["State", "Into", "Statement"],
                rows: queries.map { query in
                    [query["id"] ?? .null] + types.map { _ in query["queryType"] ?? .null }
                        + [
                            EntityReport.state(of: query), EntityReport.joined(query["sinks"]),
                            query["queryString"] ?? .null,
                        ]
                }, empty: "no queries")
        }
        if let properties = entity["properties"]?.array {
            return .table(
                titles: ["Property", "Value", "From"],
                rows: properties.map { [$0["name"] ?? .null, $0["value"] ?? .null, origin(of: $0)] },
                empty: "no properties")
        }
        if kind != "describe_function", let functions = entity["functions"]?.array {
            return .table(
                titles: ["Function", "Kind", "Category"],
                rows: functions.map { [$0["name"] ?? .null, $0["type"] ?? .null, $0["category"] ?? .null] },
                empty: "no functions")
        }
        if let types = entity["types"]?.members {
            return .table(
                titles: ["Name", "Type"],
                rows: types.map { [.string($0.name), .string(EntityReport.type($0.value))] },
                empty: "no types")
        }
        if let connectors = entity["connectors"]?.array {
            return .table(
                titles: ["Connector", "Type", "Class", "State"],
                rows: connectors.map {
                    [
                        $0["name"] ?? .null, $0["type"] ?? .null, $0["className"] ?? .null,
                        $0["state"] ?? .null,
                    ]
                }, empty: "no connectors")
        }
        if let plugins = entity["connectorPlugins"]?.array {
            return .table(
                titles: ["Class", "Type", "Version"],
                rows: plugins.map {
                    [$0["className"] ?? .null, $0["type"] ?? .null, $0["version"] ?? .null]
                }, empty: "no connector plugins")
        }
        return nil
    }

    private func sources(_ sources: [JSONValue], _ empty: String) -> EntityBlock {
        .table(
            titles: ["Name", "Topic", "Key", "Value", "Windowed"],
            rows: sources.map { source in
                let value = source["valueFormat"] ?? source["format"] ?? .null
                let isWindowed = source["isWindowed"]?.boolean.map { $0 ? "yes" : "no" } ?? ""
                return [
                    source["name"] ?? .null, source["topic"] ?? .null, source["keyFormat"] ?? .null, value,
                    .string(isWindowed),
                ]
            }, empty: empty)
    }

    private func origin(of property: JSONValue) -> JSONValue {
        let name = property["name"]?.string ?? ""
        if entity["overwrittenProperties"]?.array?.contains(where: { $0.string == name }) == true {
            return "this session"
        }
        if entity["defaultProperties"]?.array?.contains(where: { $0.string == name }) == true {
            return "default"
        }
        return property["scope"]?.string == "KSQL" ? "server" : property["scope"] ?? .null
    }

    private static func state(of query: JSONValue) -> JSONValue {
        if let state = query["state"]?.string { return .string(state) }
        let counts = query["statusCount"]?.members ?? []
        return .string(counts.map { "\($0.name):\($0.value.text)" }.joined(separator: " "))
    }

    static func joined(_ list: JSONValue?) -> JSONValue {
        .string((list?.array ?? []).map { $0.string ?? $0.text }.joined(separator: ", "))
    }

    // MARK: Anything else

    /// An entity of a kind that is not known: its lists of objects as tables, the rest as names with values.
    private var other: [EntityBlock] {
        var fields: [EntityBlock.Field] = []
        var tables: [EntityBlock] = []
        for member in entity.members ?? [] where member.name != "statementText" && member.name != "@type" {
            guard let elements = member.value.array, let first = elements.first?.members else {
                let isNothing = member.value.isNull || member.value.array?.isEmpty == true
                if !isNothing { fields.append(.init(member.name, member.value)) }
                continue
            }
            tables += [
                .heading(member.name),
                .table(
                    titles: first.map(\.name),
                    rows: elements.map { element in first.map { element[$0.name] ?? .null } }, empty: ""),
            ]
        }
        return (fields.isEmpty ? [] : [.fields(fields)]) + tables
    }
}
