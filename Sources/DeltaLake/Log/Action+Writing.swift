import Formats

extension Action {
    /// A commit file: one JSON object a line.
    static func commitBytes(_ actions: [Action]) -> [UInt8] {
        var text = ""
        for action in actions {
            text += action.jsonValue.text
            text += "\n"
        }
        return Array(text.utf8)
    }

    var jsonValue: JSONValue {
        switch self {
        case .tableProtocol(let value): return ["protocol": value.jsonValue]
        case .metadata(let value): return ["metaData": value.jsonValue]
        case .add(let file): return ["add": file.jsonValue]
        case .remove(let file): return ["remove": file.jsonValue]
        case .transaction(let value): return ["txn": value.jsonValue]
        case .commitInfo(let value): return .object([.init("commitInfo", value)])
        case .domain(let value):
            return [
                "domainMetadata": [
                    "domain": .string(value.domain), "configuration": .string(value.configuration),
                    "removed": .boolean(value.isRemoved),
                ]
            ]
        case .other(let name, let value): return .object([.init(name, value)])
        }
    }
}

extension TableProtocol {
    var jsonValue: JSONValue {
        .members([
            "minReaderVersion": .integer(Int64(minReaderVersion)),
            "minWriterVersion": .integer(Int64(minWriterVersion)),
            "readerFeatures": readerFeatures.map { .array($0.map { .string($0) }) },
            "writerFeatures": writerFeatures.map { .array($0.map { .string($0) }) },
        ])
    }
}

extension TableMetadata {
    var jsonValue: JSONValue {
        .members([
            "id": .string(id), "name": name.map { .string($0) }, "description": comment.map { .string($0) },
            "format": ["provider": .string("parquet"), "options": .object([])],
            "schemaString": .string(schemaString),
            "partitionColumns": .array(partitionColumns.map { .string($0) }),
            "configuration": .texts(configuration.mapValues { $0 }),
            "createdTime": createdTime.map { .integer($0) },
        ])
    }
}

extension AddFile {
    var jsonValue: JSONValue {
        .members([
            "path": .string(path), "partitionValues": .texts(partitionValues), "size": .integer(size),
            "modificationTime": .integer(modificationTime), "dataChange": .boolean(dataChange),
            "stats": stats.map { .string($0) }, "tags": tags.map { .texts($0) },
            "deletionVector": deletionVector,
        ])
    }
}

extension RemoveFile {
    var jsonValue: JSONValue {
        .members([
            "path": .string(path), "deletionTimestamp": deletionTimestamp.map { .integer($0) },
            "dataChange": .boolean(dataChange),
            "extendedFileMetadata": partitionValues != nil && size != nil ? .boolean(true) : nil,
            "partitionValues": partitionValues.map { .texts($0) }, "size": size.map { .integer($0) },
            "deletionVector": deletionVector,
        ])
    }
}

extension SetTransaction {
    var jsonValue: JSONValue {
        .members([
            "appId": .string(appId), "version": .integer(version),
            "lastUpdated": lastUpdated.map { .integer($0) },
        ])
    }
}
