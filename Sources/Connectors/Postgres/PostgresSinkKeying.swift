import Diagnostics
import Planning
import Postgres

/// `insert.mode`, `pk.mode`, `pk.fields` and `delete.enabled`, which depend on each other.
struct PostgresSinkKeying {
    let mode: TableTarget.Mode
    let key: [String]
    let deletes: Bool

    /// - Parameters:
    ///   - names: all columns that may be written.
    ///   - keys: those of the record's key.
    init(_ plan: SinkPlan, names: [String], keys: [String]) throws(Diagnostic) {
        let properties = plan.properties
        let isConnect = plan.connect != nil
        // A table's rows have a key, and are kept up to date by it unless the statement says otherwise.
        let isKept = plan.from.kind == .table && !isConnect
        let modeWord = try properties.word("insert.mode", of: ["insert", "upsert", "update"])
        switch modeWord ?? (isKept ? "upsert" : "insert") {
        case "upsert": mode = .upsert
        case "update": mode = .update
        default: mode = .append
        }
        let listed = properties.text("pk.fields").flatMap { $0.isEmpty ? nil : $0 }
        let standard = isKept ? "record_key" : listed == nil ? "none" : "record_value"
        let keyMode = try properties.word("pk.mode", of: ["none", "record_key", "record_value"]) ?? standard
        key = try Self.key(keyMode, listed, plan, names, keys)
        guard mode == .append || !key.isEmpty else {
            throw Diagnostic(
                .missingProperty,
                "\(properties.owner) needs a key to \(mode == .upsert ? "upsert" : "update") by",
                at: properties.location(of: "insert.mode"),
                hint: "add 'pk.mode' = 'record_value' and 'pk.fields' = "
                    + "'\(names.first ?? "id")'")
        }
        deletes = try properties.boolean(
            "delete.enabled", default: isKept && keyMode == "record_key" && mode != .append)
        guard !deletes || keyMode == "record_key" && mode != .append else {
            throw properties.invalid(
                "delete.enabled", "true",
                expected: "'false', unless rows are upserted or updated with "
                    + "'pk.mode' = 'record_key'")
        }
    }

    private static func key(
        _ keyMode: String, _ listed: String?, _ plan: SinkPlan, _ all: [String], _ keys: [String]
    ) throws(Diagnostic) -> [String] {
        switch keyMode {
        case "record_key":
            guard !keys.isEmpty else {
                throw plan.properties.invalid(
                    "pk.mode", keyMode, expected: "'record_value': \(plan.from.name) has no key",
                    hint: "add 'pk.fields' too")
            }
            guard let listed else { return keys }
            return try names(listed, "pk.fields", among: keys, plan)
        case "record_value":
            guard let listed else { return all }
            return try names(listed, "pk.fields", among: all, plan)
        default: return []
        }
    }

    /// Names of columns, separated by commas, as the table has them.
    static func names(
        _ listed: String, _ property: String, among known: [String], _ plan: SinkPlan
    ) throws(Diagnostic) -> [String] {
        var found: [String] = []
        for part in listed.split(separator: ",") {
            let name = String(part.filter { $0 != " " })
            guard let column = known.first(where: { $0.lowercased() == name.lowercased() }) else {
                let suggestion = NearestName.suggestion(for: name, among: known)
                throw Diagnostic(
                    .unknownColumn, "\(plan.from.name) has no column \(name), which '\(property)' names",
                    at: plan.properties.location(of: property),
                    expected: "one of " + known.joined(separator: ", "),
                    hint: suggestion.map { "did you mean \($0)?" })
            }
            if !found.contains(column) { found.append(column) }
        }
        return found
    }
}
