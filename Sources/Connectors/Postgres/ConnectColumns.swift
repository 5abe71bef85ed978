import Columnar
import Diagnostics
import Planning

/// Which columns a configuration of Kafka Connect writes, and under which names.
///
/// With `pk.mode` `record_key` those of the key stand before the value's; otherwise the value's are
/// written, and of the key's those that `pk.fields` names.
struct ConnectColumns {
    let columns: [PostgresSinkColumn]
    /// The names that `record_key` may name.
    let keyNames: [String]

    /// - Parameter named: a field's name as the table has it.
    init(
        _ plan: SinkPlan, _ record: ConnectRecord, _ rows: DeltaSinkSchema, named: (String) -> String
    ) {
        let properties = plan.properties
        func column(_ field: ConnectRecord.Field) -> PostgresSinkColumn? {
            let name = named(field.name)
            switch field.content {
            case .rowTime: return PostgresSinkColumn(Field(name, .timestamp), .rowTime)
            case .text(let text): return PostgresSinkColumn(Field(name, .string), .text(text))
            case .instant(let column):
                return rows.place(of: column).map {
                    PostgresSinkColumn(Field(name, .timestamp), .instant($0))
                }
            case .column(let column):
                return rows.place(of: column).map { place in
                    PostgresSinkColumn(Field(name, rows.schema[place].type), .place(place))
                }
            }
        }
        let listed = (properties.text("pk.fields") ?? "").split(separator: ",")
            .map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty }
        let isListed: (String) -> Bool = { name in
            listed.contains { $0.lowercased() == name.lowercased() }
        }
        // The bounds of windows are a part of a key.
        let bounds = rows.bounds.map { PostgresSinkColumn(rows.schema[$0], .place($0)) }
        var key = bounds + record.key.compactMap(column)
        let value = record.value.compactMap(column)
        guard properties.text("pk.mode")?.lowercased() == "record_key" else {
            let names = value.map(\.field.name)
            columns = value + key.filter { !names.contains($0.field.name) && isListed($0.field.name) }
            keyNames = key.map(\.field.name)
            return
        }
        if record.hasBareKey, let only = key.first, listed.count == 1, let name = listed.first {
            // It has no name but that.
            key = [PostgresSinkColumn(Field(named(name), only.field.type), only.content)]
        }
        keyNames = key.map(\.field.name)
        if !listed.isEmpty { key = key.filter { isListed($0.field.name) } }
        let names = key.map(\.field.name)
        columns = key + value.filter { !names.contains($0.field.name) }
    }
}
