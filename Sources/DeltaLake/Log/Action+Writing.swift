extension Action {
    /// A commit file: one JSON object a line.
    static func commitBytes(_ actions: [Action]) -> [UInt8] {
        var text = ""
        for action in actions {
            text += action.logValue.json
            text += "\n"
        }
        return Array(text.utf8)
    }

    var logValue: LogValue {
        switch self {
        case .tableProtocol(let value): return ["protocol": value.logValue]
        case .metadata(let value): return ["metaData": value.logValue]
        case .add(let file): return ["add": file.logValue]
        case .remove(let file): return ["remove": file.logValue]
        case .transaction(let value): return ["txn": value.logValue]
        case .commitInfo(let value): return .object([.init(name: "commitInfo", value: value)])
        case .domain(let value):
            return [
                "domainMetadata": [
                    "domain": .string(value.domain), "configuration": .string(value.configuration),
                    "removed": .boolean(value.isRemoved),
                ]
            ]
        case .other(let name, let value): return .object([.init(name: name, value: value)])
        }
    }
}

extension LogValue: ExpressibleByDictionaryLiteral {
    /// An object; members that are nil are left out.
    init(dictionaryLiteral elements: (String, LogValue?)...) {
        self = .object(elements.compactMap { name, value in value.map { LogMember(name: name, value: $0) } })
    }

    static func texts(_ texts: [String: String?]) -> LogValue {
        .object(
            texts.sorted { $0.key < $1.key }.map { name, value in
                LogMember(name: name, value: value.map { .string($0) } ?? .null)
            })
    }
}

extension TableProtocol {
    var logValue: LogValue {
        [
            "minReaderVersion": .integer(Int64(minReaderVersion)),
            "minWriterVersion": .integer(Int64(minWriterVersion)),
            "readerFeatures": readerFeatures.map { .array($0.map { .string($0) }) },
            "writerFeatures": writerFeatures.map { .array($0.map { .string($0) }) },
        ]
    }
}

extension TableMetadata {
    var logValue: LogValue {
        [
            "id": .string(id), "name": name.map { .string($0) }, "description": comment.map { .string($0) },
            "format": ["provider": .string("parquet"), "options": .object([])],
            "schemaString": .string(schemaString), "partitionColumns": .array(partitionColumns.map { .string($0) }),
            "configuration": .texts(configuration.mapValues { $0 }),
            "createdTime": createdTime.map { .integer($0) },
        ]
    }
}

extension AddFile {
    var logValue: LogValue {
        [
            "path": .string(path), "partitionValues": .texts(partitionValues), "size": .integer(size),
            "modificationTime": .integer(modificationTime), "dataChange": .boolean(dataChange),
            "stats": stats.map { .string($0) }, "tags": tags.map { .texts($0) }, "deletionVector": deletionVector,
        ]
    }
}

extension RemoveFile {
    var logValue: LogValue {
        [
            "path": .string(path), "deletionTimestamp": deletionTimestamp.map { .integer($0) },
            "dataChange": .boolean(dataChange),
            "extendedFileMetadata": partitionValues != nil && size != nil ? .boolean(true) : nil,
            "partitionValues": partitionValues.map { .texts($0) }, "size": size.map { .integer($0) },
            "deletionVector": deletionVector,
        ]
    }
}

extension SetTransaction {
    var logValue: LogValue {
        [
            "appId": .string(appId), "version": .integer(version),
            "lastUpdated": lastUpdated.map { .integer($0) },
        ]
    }
}
