import Formats

// DESCRIBE and EXPLAIN.
extension EntityReport {
    func sourceBlocks(_ source: JSONValue) -> [EntityBlock] {
        let isTable = source["type"]?.string == "TABLE"
        let kind = isTable ? "table" : "stream"
        var blocks: [EntityBlock] = [
            .heading("\(source["name"]?.string ?? "") (\(kind))"),
            columns(source["fields"], isTable: isTable),
        ]
        let isExtended = source["extended"]?.boolean ?? false
        var fields: [EntityBlock.Field] = []
        func add(_ name: String, _ value: JSONValue?) {
            guard let value, !value.isNull, value != "" else { return }
            fields.append(.init(name, value))
        }
        add("topic", topic(of: source))
        if isExtended {
            add("key format", source["keyFormat"])
            add("value format", source["valueFormat"])
            add("timestamp", source["timestamp"])
            add("window", source["windowType"])
            add("statement", source["statement"])
            add("statistics", source["statistics"])
            add("errors", source["errorStats"])
        }
        add("written by", queries(source["writeQueries"]))
        add("read by", queries(source["readQueries"]))
        if !fields.isEmpty { blocks += [.text(""), .fields(fields)] }
        return blocks
    }

    private func topic(of source: JSONValue) -> JSONValue? {
        guard let topic = source["topic"]?.string, !topic.isEmpty else { return nil }
        guard let partitions = source["partitions"]?.int, partitions > 0 else { return .string(topic) }
        return .string("\(topic) (\(partitions) partition\(partitions == 1 ? "" : "s"))")
    }

    private func queries(_ list: JSONValue?) -> JSONValue? {
        let names = (list?.array ?? []).compactMap { $0["id"]?.string }
        return names.isEmpty ? nil : .string(names.joined(separator: ", "))
    }

    private func columns(_ fields: JSONValue?, isTable: Bool) -> EntityBlock {
        let fields = fields?.array ?? []
        let hasRoles = fields.contains { $0["type"]?.string != nil }
        return .table(
            titles: hasRoles ? ["Column", "Role", "Type"] : ["Column", "Type"],
            rows: fields.map { field in
                let role: JSONValue
                switch field["type"]?.string {
                case "KEY": role = isTable ? "primary key" : "key"
                case "HEADER": role = .string("header \(field["headerKey"]?.string ?? "")")
                default: role = .null
                }
                return [field["name"] ?? .null] + (hasRoles ? [role] : [])
                    + [.string(EntityReport.type(field["schema"] ?? .null))]
            }, empty: "no columns")
    }

    /// A type as SQL writes it.
    static func type(_ schema: JSONValue) -> String {
        if let text = schema.string { return text }
        let name = schema["type"]?.string ?? ""
        switch name {
        case "ARRAY": return "ARRAY<\(type(schema["memberSchema"] ?? .null))>"
        case "MAP":
            let key = schema["keySchema"].map { type($0) } ?? "STRING"
            return "MAP<\(key), \(type(schema["memberSchema"] ?? .null))>"
        case "STRUCT":
            let fields = (schema["fields"]?.array ?? []).map {
                "\($0["name"]?.string ?? "") \(type($0["schema"] ?? .null))"
            }
            return "STRUCT<\(fields.joined(separator: ", "))>"
        case "DECIMAL":
            guard let precision = schema["parameters"]?["precision"]?.text,
                let scale = schema["parameters"]?["scale"]?.text
            else { return name }
            return "DECIMAL(\(precision), \(scale))"
        default: return name
        }
    }

    func queryBlocks(_ query: JSONValue) -> [EntityBlock] {
        var fields: [EntityBlock.Field] = []
        func add(_ name: String, _ value: JSONValue?) {
            guard let value, !value.isNull, value != "", value != "{}" else { return }
            fields.append(.init(name, value))
        }
        add("type", query["queryType"])
        add("state", query["state"])
        add("reads", EntityReport.joined(query["sources"]))
        add("writes", EntityReport.joined(query["sinks"]))
        add("window", query["windowType"])
        if let properties = query["overriddenProperties"]?.members, !properties.isEmpty {
            add("settings", query["overriddenProperties"])
        }
        let id = query["id"]?.string ?? ""
        var blocks: [EntityBlock] = [.heading(id.isEmpty ? "query" : "query \(id)")]
        if let statement = query["statementText"]?.string { blocks.append(.text(statement)) }
        blocks += [.fields(fields), .text(""), columns(query["fields"], isTable: false)]
        if let plan = query["executionPlan"]?.string, !plan.isEmpty {
            blocks += [.text(""), .heading("plan"), .text(plan)]
        }
        if let topology = query["topology"]?.string, !topology.isEmpty,
            query["topology"] != query["executionPlan"]
        {
            blocks += [.text(""), .heading("topology"), .text(topology)]
        }
        for error in query["queryErrors"]?.array ?? [] {
            blocks.append(.text("failed: \(error["errorMessage"]?.string ?? error.text)"))
        }
        return blocks
    }

    var functionBlocks: [EntityBlock] {
        var blocks: [EntityBlock] = [
            .heading(
                "\(entity["name"]?.string ?? "") (\(entity["type"]?.string?.lowercased() ?? "function"))")
        ]
        if let text = entity["description"]?.string, !text.isEmpty { blocks.append(.text(text)) }
        for function in entity["functions"]?.array ?? [] { blocks += forms(of: function) }
        return blocks
    }

    /// A form of a function: how it is called, and what is told of it.
    private func forms(of function: JSONValue) -> [EntityBlock] {
        func told(_ value: JSONValue?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }
        let arguments = function["arguments"]?.array ?? []
        let shown = arguments.map { argument in
            let type = told(argument["type"]) ?? told(argument["argumentType"]) ?? ""
            let more = argument["isVariadic"]?.boolean == true ? "…" : ""
            return (told(argument["name"]).map { "\($0) \(type)" } ?? type) + more
        }
        let result = told(function["returnType"]).map { " → \($0)" } ?? ""
        var blocks: [EntityBlock] = [
            .text("  \(entity["name"]?.string ?? "")(\(shown.joined(separator: ", ")))\(result)")
        ]
        if let text = told(function["description"]) { blocks.append(.text("    \(text)")) }
        for argument in arguments {
            guard let text = told(argument["description"]) else { continue }
            blocks.append(.text("    \(argument["name"]?.string ?? ""): \(text)"))
        }
        return blocks
    }

    var connectorBlocks: [EntityBlock] {
        let status = entity["status"] ?? .null
        var fields: [EntityBlock.Field] = []
        if let name = entity["connectorClass"] { fields.append(.init("class", name)) }
        if let state = status["connector"]?["state"] { fields.append(.init("state", state)) }
        if let reason = status["connector"]?["trace"], !reason.isNull { fields.append(.init("why", reason)) }
        let topics = EntityReport.joined(entity["topics"])
        if topics != "" { fields.append(.init("topics", topics)) }
        return [
            .heading("connector \(status["name"]?.string ?? "")"), .fields(fields),
            .table(
                titles: ["Task", "State", "Why"],
                rows: (status["tasks"]?.array ?? []).map {
                    [$0["id"] ?? .null, $0["state"] ?? .null, $0["trace"] ?? .null]
                }, empty: "no tasks"),
        ]
    }

    func separated(_ parts: [[EntityBlock]]) -> [EntityBlock] {
        Array(parts.joined(separator: [.text("")]))
    }
}
