import Columnar
import Formats
import Parquet
import Storage

/// Reads the actions of a checkpoint: classic, one part of several, or V2 with its side files.
struct CheckpointReader {
    let store: any ObjectStore

    private static let kinds = ["protocol", "metaData", "add", "remove", "txn", "domainMetadata", "sidecar"]

    func actions(of name: String) throws(DeltaError) -> [Action] {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try store.get(name)
        } catch {
            throw .storage(error, doing: "reading a checkpoint")
        }
        let found =
            name.hasSuffix(".json")
            ? try Action.parse(commit: bytes, name: Path.join(store.location, name))
            : try rows(bytes, name: name)
        var actions: [Action] = []
        for action in found {
            if case .other("sidecar", let value) = action {
                guard let path = value["path"]?.string.map(FilePath.decoded) else {
                    throw .corrupt("\(Path.join(store.location, name)): a sidecar without a path")
                }
                let isRelative = !path.utf8.contains(UInt8(ascii: "/"))
                let sidecar = isRelative ? LogFile.folder + "_sidecars/" + path : path
                guard let sidecarName = FilePath.name(of: sidecar, in: store.location) else {
                    throw .corrupt(
                        "\(Path.join(store.location, name)): the sidecar \(path) lies outside of the table")
                }
                actions += try self.actions(of: sidecarName)
            } else {
                actions.append(action)
            }
        }
        return actions
    }

    private func rows(_ bytes: [UInt8], name: String) throws(DeltaError) -> [Action] {
        let place = Path.join(store.location, name)
        var actions: [Action] = []
        do throws(ParquetError) {
            let reader = try ParquetReader(bytes)
            let columns = reader.schema.fields.indices.filter {
                CheckpointReader.kinds.contains(reader.schema[$0].name)
            }
            for group in 0..<reader.rowGroupCount {
                for batch in try reader.read(rowGroup: group, columns: columns) {
                    do throws(DeltaError) {
                        try append(batch, place: place, to: &actions)
                    } catch {
                        throw .malformed(reason: error.diagnostic.message)
                    }
                }
            }
        } catch {
            throw .corrupt("the checkpoint \(place) cannot be read: \(error.reason)")
        }
        return actions
    }

    private func append(_ batch: Batch, place: String, to actions: inout [Action]) throws(DeltaError) {
        for (index, field) in batch.schema.fields.enumerated() {
            let column = batch.columns[index]
            for row in 0..<batch.count where column.isValid(row) {
                let value = CheckpointReader.withStats(CheckpointReader.jsonValue(column, row))
                if let action = try Action.action(field.name, value, place: place) { actions.append(action) }
            }
        }
    }

    /// A row of a checkpoint's column as the JSON that a commit would have held.
    private static func jsonValue(_ column: Column, _ row: Int) -> JSONValue {
        guard column.isValid(row) else { return .null }
        switch column.type {
        case .boolean: return .boolean(column.booleans[row])
        case .integer: return .integer(Int64(column.int32s[row]))
        case .bigint: return .integer(column.int64s[row])
        case .string: return .string(column.string(at: row))
        case .structure(let fields):
            var members: [JSONValue.Member] = []
            for (child, field) in zip(column.children, fields) where child.isValid(row) {
                members.append(JSONValue.Member(field.name, jsonValue(child, row)))
            }
            return .object(members)
        case .array:
            let elements = column.children[0]
            return .array(
                (column.offsets[row]..<column.offsets[row + 1]).map { jsonValue(elements, Int($0)) })
        case .map:
            let (keys, values) = (column.children[0], column.children[1])
            return .object(
                (column.offsets[row]..<column.offsets[row + 1]).map { entry in
                    JSONValue.Member(keys.string(at: Int(entry)), jsonValue(values, Int(entry)))
                })
        // The rest stands in parsed statistics only, and is written as their JSON form has it.
        case .double:
            let value = column.doubles[row]
            return value.isFinite ? .number(String(value)) : .null
        case .decimal(_, let scale): return .number(Decimals.text(column.decimals[row], scale: scale))
        case .date: return .string(Civil.dateText(days: Int(column.int32s[row])))
        case .timestamp: return .string(LogTime.text(column.int64s[row]))
        case .bytes, .time: return .null
        }
    }

    /// Writers may keep statistics parsed only; the rest of the program knows them as JSON.
    private static func withStats(_ value: JSONValue) -> JSONValue {
        guard let members = value.members, let parsed = value["stats_parsed"] else { return value }
        var kept = members.filter { $0.name != "stats_parsed" && $0.name != "partitionValues_parsed" }
        if value["stats"] == nil { kept.append(JSONValue.Member("stats", .string(parsed.text))) }
        return .object(kept)
    }
}
