import Formats

extension Action {
    /// The actions of a commit file, one JSON object a line.
    static func parse(commit bytes: [UInt8], name: String) throws(DeltaError) -> [Action] {
        var actions: [Action] = []
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            let place = "\(name) line \(number + 1)"
            guard let value = JSONValue.parse(line), let members = value.members else {
                throw .corrupt("\(place) is not a JSON object")
            }
            for member in members {
                if let action = try action(member.name, member.value, place: place) { actions.append(action) }
            }
        }
        return actions
    }

    /// nil for an action that is null, as checkpoints have them.
    static func action(_ name: String, _ value: JSONValue, place: String) throws(DeltaError) -> Action? {
        if value == .null { return nil }
        let parsed: Action?
        switch name {
        case "protocol": parsed = tableProtocol(value)
        case "metaData": parsed = try metadata(value, place: place)
        case "add": parsed = add(value)
        case "remove": parsed = remove(value)
        case "txn": parsed = transaction(value)
        case "domainMetadata": parsed = domain(value)
        case "commitInfo": parsed = .commitInfo(value)
        default: parsed = .other(name: name, value)
        }
        guard let parsed else { throw .corrupt("\(place): the action \(name) lacks what it must have") }
        return parsed
    }

    private static func tableProtocol(_ value: JSONValue) -> Action? {
        guard let reader = value["minReaderVersion"]?.int64, let writer = value["minWriterVersion"]?.int64
        else {
            return nil
        }
        return .tableProtocol(
            TableProtocol(
                minReaderVersion: Int(truncatingIfNeeded: reader),
                minWriterVersion: Int(truncatingIfNeeded: writer),
                readerFeatures: value["readerFeatures"]?.array?.compactMap(\.string),
                writerFeatures: value["writerFeatures"]?.array?.compactMap(\.string)))
    }

    private static func metadata(_ value: JSONValue, place: String) throws(DeltaError) -> Action? {
        guard let id = value["id"]?.string, let schemaString = value["schemaString"]?.string else {
            return nil
        }
        let provider = value["format"]?["provider"]?.string ?? "parquet"
        guard provider == "parquet" else { throw .corrupt("\(place): data files of format \(provider)") }
        guard let schema = TableSchema(json: schemaString) else {
            throw .corrupt("\(place): the schema cannot be read: \(schemaString.prefix(200))")
        }
        let configuration = value["configuration"]?.optionalTexts ?? [:]
        return .metadata(
            TableMetadata(
                id: id, name: value["name"]?.string, comment: value["description"]?.string, schema: schema,
                schemaString: schemaString,
                partitionColumns: value["partitionColumns"]?.array?.compactMap(\.string) ?? [],
                configuration: configuration.compactMapValues { $0 }, createdTime: value["createdTime"]?.int64
            ))
    }

    private static func add(_ value: JSONValue) -> Action? {
        guard let path = value["path"]?.string else { return nil }
        let vector = value["deletionVector"]
        return .add(
            AddFile(
                path: path, partitionValues: value["partitionValues"]?.optionalTexts ?? [:],
                size: value["size"]?.int64 ?? 0, modificationTime: value["modificationTime"]?.int64 ?? 0,
                dataChange: value["dataChange"]?.boolean ?? true, stats: value["stats"]?.string,
                tags: value["tags"]?.optionalTexts, deletionVector: vector == .null ? nil : vector))
    }

    private static func remove(_ value: JSONValue) -> Action? {
        guard let path = value["path"]?.string else { return nil }
        let vector = value["deletionVector"]
        return .remove(
            RemoveFile(
                path: path, deletionTimestamp: value["deletionTimestamp"]?.int64,
                dataChange: value["dataChange"]?.boolean ?? true,
                partitionValues: value["partitionValues"]?.optionalTexts, size: value["size"]?.int64,
                deletionVector: vector == .null ? nil : vector))
    }

    private static func transaction(_ value: JSONValue) -> Action? {
        guard let appId = value["appId"]?.string, let version = value["version"]?.int64 else { return nil }
        return .transaction(
            SetTransaction(appId: appId, version: version, lastUpdated: value["lastUpdated"]?.int64))
    }

    private static func domain(_ value: JSONValue) -> Action? {
        guard let domain = value["domain"]?.string else { return nil }
        return .domain(
            DomainMetadata(
                domain: domain, configuration: value["configuration"]?.string ?? "",
                isRemoved: value["removed"]?.boolean ?? false))
    }
}
